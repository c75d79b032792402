// The check of an `Authorization` header (RFC 6750 §2.1), from text to claims. On the
// path of every guarded request. Remembers tokens that it has verified.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "token/claims.hpp"
#include "token/keys.hpp"
#include "token/stated_claims.hpp"
#include "token/verified_tokens.hpp"

namespace social::token {

class BearerCheck {
public:
    // `keys` outlive the check.
    BearerCheck(const TokenKeys& keys, ClaimRules rules) : keys_(keys), rules_(std::move(rules)) {}

    // `authorization` is the header's value, absent where the request has no such
    // header; `now` is in Unix seconds. The error is always unauthenticated, and
    // `what` one of:
    //   "Token required"  no header at all
    //   "Expired token"   right in everything but its age
    //   "Invalid token"   everything else: another scheme, an empty value, …
    // Never throws but for lack of memory. The claims may be looked at until the next call.
    [[nodiscard]] Result<Claims> check(std::optional<std::string_view> authorization,
                                       std::int64_t now) const;

private:
    // What a token that one of the keys has signed states.
    [[nodiscard]] Result<const StatedClaims*> stated_by(std::string_view token) const;

    const TokenKeys& keys_;
    ClaimRules rules_;
    mutable VerifiedTokens known_;
};

}  // namespace social::token
