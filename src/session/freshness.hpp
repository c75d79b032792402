// When a session's token is renewed: ahead of its end, and, after a failure, again after a
// while. Times are Unix seconds, durations seconds.
//
// A record carries its own time, Record::refresh_at. The flows set it with these functions;
// whoever reads a session and whoever looks for due ones compare it with the clock.
#pragma once

#include <cstdint>

#include "session/record.hpp"

namespace social::session {

struct TokenTimes {
    std::int64_t issued_at = 0;
    std::int64_t expires_at = 0;  // 0: no end
    std::int64_t youngest = 0;    // the provider renews no token before this age
};

// When less than a quarter of the token's life is left, at most ten minutes before its
// end; not while it is too young. 0: never, since it has no end, or ends too young.
[[nodiscard]] std::int64_t renewal_time(const TokenTimes& times) noexcept;

struct FailedRenewal {
    std::int64_t now = 0;
    std::uint32_t failures = 1;    // one after another, with this one
    std::int64_t retry_after = 0;  // as the provider asked for; 0: it did not
    std::uint32_t chance = 0;      // random: the jitter
};

// When to try again: 1 to 2 seconds after the first failure, twice as late after each
// further one, up to 5 minutes; never before the provider wants it. Half of the time is
// left to chance, so that sessions that failed together do not come back together.
[[nodiscard]] std::int64_t retry_time(const FailedRenewal& failed) noexcept;

[[nodiscard]] bool wants_renewal(const Record& record, std::int64_t now) noexcept;

// Also for a token without an end.
[[nodiscard]] bool has_good_token(const Record& record, std::int64_t now) noexcept;

// A good token that wants no renewal yet: what a reader can be given without further ado.
[[nodiscard]] inline bool is_fresh(const Record& record, std::int64_t now) noexcept {
    return has_good_token(record, now) && !wants_renewal(record, now);
}

}  // namespace social::session
