// Port: limits the rate of password logins over all workers and instances. store/ implements it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "coro/task.hpp"

namespace social::flow {

// At most `limit` attempts in `period` seconds. A period begins with its first attempt.
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
    std::int64_t retry_after = 0;  // seconds until the next attempt is allowed, if this is not
};

// Every Task throws Failure (store_unavailable) if the store fails.
class RateLimiter {
public:
    // Counts one attempt, unless the limit is reached. A counter at its limit lasts until its
    // period ends.
    virtual Task<Decision> attempt(RateLimit rate) = 0;

    // Subtracts one attempt, for example after it succeeded. A counter at zero takes no memory.
    virtual Task<void> refund(std::string counter) = 0;

    // Resets the counter, for example after a successful login.
    virtual Task<void> forget(std::string counter) = 0;

    // Returns the number of attempts in the current period.
    virtual Task<std::uint64_t> count(std::string counter) = 0;

protected:
    ~RateLimiter() = default;
};

}  // namespace social::flow
