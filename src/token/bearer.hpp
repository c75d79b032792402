// Authenticates the `Authorization` header of a request (RFC 6750 §2.1). Runs for every guarded
// request, and caches verified tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "token/claims.hpp"
#include "token/keys.hpp"
#include "token/parsed_claims.hpp"
#include "token/verified_token_cache.hpp"

namespace social::token {

class BearerCheck {
public:
    // `keys` must outlive this object.
    BearerCheck(const TokenKeys& keys, ClaimRules rules) : keys_(keys), rules_(std::move(rules)) {}

    // `authorization` is the value of the header, nullopt without one. `now` is in Unix seconds.
    // The claims are valid until the next call. Throws only std::bad_alloc. The error is
    // unauthenticated, with one of these texts:
    //
    //       "Token required"  no header
    //       "Expired token"   expired, and valid otherwise
    //       "Invalid token"   anything else, for example another scheme or an empty value
    [[nodiscard]] Result<Claims> check(std::optional<std::string_view> authorization,
                                       std::int64_t now) const;

private:
    // Returns the cached claims of a token, or verifies its signature and parses them.
    [[nodiscard]] Result<const ParsedClaims*> claims_of(std::string_view token) const;

    const TokenKeys& keys_;
    ClaimRules rules_;
    mutable VerifiedTokenCache verified_;
};

}  // namespace social::token
