// Port: the attempts at logins by password, counted over all workers (and instances).
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "coro/task.hpp"

namespace social::flow {

// At most `limit` attempts in `period` seconds, which begin with the first of them.
class RateLimit {
public:
    RateLimit(std::string name, std::uint32_t most, std::int64_t seconds)
        : counter(std::move(name)), limit(most), period(seconds) {}

    std::string counter;  // its name
    std::uint32_t limit;
    std::int64_t period;
};

struct Decision {
    bool allowed = false;
    std::int64_t retry_after = 0;  // seconds until attempts are allowed again, if not now
};

// Every member throws Failure (store_unavailable) when the store cannot do it.
class RateLimiter {
public:
    // Counts one, unless it is one too many. A counter at its limit lasts until its period is over.
    virtual Task<Decision> attempt(RateLimit rate) = 0;

    // One attempt less, as after one that succeeded. A counter at zero takes no memory.
    virtual Task<void> refund(std::string counter) = 0;

    // None at all, as after a login that succeeded.
    virtual Task<void> forget(std::string counter) = 0;

    // How many were counted in the current period.
    virtual Task<std::uint64_t> count(std::string counter) = 0;

protected:
    ~RateLimiter() = default;
};

}  // namespace social::flow
