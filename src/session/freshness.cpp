#include "session/freshness.hpp"

#include <algorithm>
#include <chrono>

#include "base/backoff.hpp"

namespace social::session {

namespace {

constexpr std::int64_t kMaxMargin = 10 * 60;  // seconds
constexpr std::chrono::seconds kFirstRetryDelay{2};
constexpr std::chrono::seconds kMaxRetryDelay{5 * 60};
constexpr std::int64_t kMaxRetryAfter = 24 * 60 * 60;  // seconds

}  // namespace

std::int64_t refresh_time(const TokenTimes& times) noexcept {
    const std::int64_t life = times.expires_at - times.issued_at;
    if (times.expires_at == 0 || life <= 0) {
        return 0;
    }
    const std::int64_t due = times.expires_at - std::min(life / 4, kMaxMargin);
    const std::int64_t old_enough = times.issued_at + times.minimum_age;
    return old_enough < times.expires_at ? std::max(due, old_enough) : 0;
}

std::int64_t retry_time(const FailedRefresh& failed) noexcept {
    const std::uint32_t before = std::max(failed.failures, 1U) - 1;
    const std::chrono::seconds longest =
        base::Backoff(kFirstRetryDelay, kMaxRetryDelay, before).next();
    const std::chrono::seconds least = longest / 2;
    const auto jitter = base::jittered({}, longest - least, failed.chance);
    const std::int64_t asked = std::clamp<std::int64_t>(failed.retry_after, 0, kMaxRetryAfter);
    return failed.now + (std::chrono::seconds(asked) > least ? asked : least.count()) +
           jitter.count();
}

bool needs_refresh(const Record& record, std::int64_t now) noexcept {
    return record.refresh_at != 0 && record.refresh_at <= now;
}

bool has_valid_token(const Record& record, std::int64_t now) noexcept {
    return record.token_expires_at == 0 || record.token_expires_at > now;
}

}  // namespace social::session
