// Refreshes the access token of a session: with a refresh token (RFC 6749 §6), or with the type's
// token swap. The swap needs a valid access token. flow/refresh sends the requests.
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

// The time to refresh the record's token, in Unix seconds. 0: the token does not expire, or it
// cannot be refreshed.
[[nodiscard]] std::int64_t refresh_time(const Provider& provider, const session::Record& record);

// True if the record has a refresh token, or the type has a token swap for its valid access token.
// `now` is in Unix seconds.
[[nodiscard]] bool can_refresh(const Provider& provider, const session::Record& record,
                               std::int64_t now);

// Bytes by which refreshes may enlarge a stored record. The body holds the access token and the
// scope; JSON escapes at most double them. The record also holds access and refresh token.
inline constexpr std::size_t kMaxGrowth = std::size_t{4} * kMaxToken + std::size_t{2} * kMaxScope;

// Precondition: can_refresh().
[[nodiscard]] base::HttpRequest refresh_request(const Provider& provider,
                                                const session::Record& record);

struct RefreshFailure {
    Error error;
    base::Secret refresh_token;     // rotated, although the response is invalid; empty: none
    bool is_invalid_grant = false;  // the grant is invalid; do not retry
    std::int64_t retry_after = 0;   // seconds; 0: not specified by the provider
};

// `now` is in Unix seconds. The scope is empty if the response has none.
[[nodiscard]] std::expected<TokenReply, RefreshFailure> read_refresh_reply(
    const Provider& provider, const base::HttpResponse& response, std::int64_t now);

// Stores new tokens in the record. An absent refresh token or scope stays unchanged (RFC 6749 §6).
// Fails with internal if the record's body is invalid. `now` is in Unix seconds.
[[nodiscard]] Result<void> renew(session::Record& record, const Provider& provider,
                                 const TokenReply& tokens, std::int64_t now);

}  // namespace social::oauth
