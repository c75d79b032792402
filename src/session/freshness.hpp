// Refresh times of a session's access token: before it expires, and with backoff after a failure.
// Times are Unix seconds, durations seconds.
//
// The result is stored in Record::refresh_at. Session reads and the refresh job compare it with the
// clock.
#pragma once

#include <cstdint>

#include "session/record.hpp"

namespace social::session {

struct TokenTimes {
    std::int64_t issued_at = 0;
    std::int64_t expires_at = 0;   // 0: it does not expire
    std::int64_t minimum_age = 0;  // minimum age for a refresh at this provider
};

// Returns the time when a quarter of the lifetime is left, but at most ten minutes before the
// expiry. Not before the minimum age. Returns 0 (never) for a token without expiry, or if it
// expires before the minimum age.
[[nodiscard]] std::int64_t refresh_time(const TokenTimes& times) noexcept;

struct FailedRefresh {
    std::int64_t now = 0;
    std::uint32_t failures = 1;    // consecutive ones, including this
    std::int64_t retry_after = 0;  // of the provider, in seconds; 0: none
    std::uint32_t chance = 0;      // a random number, for the jitter
};

// Returns the time of the next attempt: exponential backoff with 50 % jitter. The delay is 1 to 2
// seconds after the first failure, and doubles up to 5 minutes. It is at least `retry_after`, of
// which at most a day counts.
[[nodiscard]] std::int64_t retry_time(const FailedRefresh& failed) noexcept;

// Returns true if the token is due for a refresh.
[[nodiscard]] bool needs_refresh(const Record& record, std::int64_t now) noexcept;

// Returns true if the token has not expired, or never does.
[[nodiscard]] bool has_valid_token(const Record& record, std::int64_t now) noexcept;

// Returns true if a reader can get the token without a refresh.
[[nodiscard]] inline bool is_fresh(const Record& record, std::int64_t now) noexcept {
    return has_valid_token(record, now) && !needs_refresh(record, now);
}

}  // namespace social::session
