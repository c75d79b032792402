// Renewing the token of a session: RFC 6749 §6 where the login brought a refresh token, or
// the type's own step, which takes the token itself while it is good. flow/refresh sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "base/secret.hpp"
#include "oauth/provider.hpp"
#include "oauth/token_reply.hpp"
#include "session/record.hpp"

namespace social::oauth {

// When the record's token wants renewing, Unix seconds; 0: it has no end, or there is no
// way to renew it.
[[nodiscard]] std::int64_t renewal_time(const Provider& provider, const session::Record& record);

// Whether the provider could renew it at `now`: a step that takes the token itself needs one
// that is good.
[[nodiscard]] bool can_renew(const Provider& provider, const session::Record& record,
                             std::int64_t now);

// Bytes by which renewals may enlarge a stored record: its tokens and its scope at their limits,
// escaped in the body, and a second time beside it.
inline constexpr std::size_t kMaxGrowth = std::size_t{4} * kMaxToken + std::size_t{2} * kMaxScope;

// Of a record that can be renewed.
[[nodiscard]] base::HttpRequest renewal_request(const Provider& provider,
                                                const session::Record& record);

struct RenewalFailure {
    Error error;
    base::Secret refresh_token;    // of an answer that is unusable otherwise; empty: none
    bool grant_is_dead = false;    // no try will ever succeed
    std::int64_t retry_after = 0;  // seconds; 0: the provider did not say
};

// The scope is empty where the answer names none.
[[nodiscard]] std::expected<TokenReply, RenewalFailure> read_renewal(
    const Provider& provider, const base::HttpResponse& response, std::int64_t now);

// Lays new tokens over the record; a refresh token or a scope that is absent stays what it
// was (RFC 6749 §6). internal for a record whose body is none of ours.
[[nodiscard]] Result<void> renew(session::Record& record, const Provider& provider,
                                 const TokenReply& tokens, std::int64_t now);

}  // namespace social::oauth
