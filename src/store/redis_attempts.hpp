// Implements flow::RateLimiter in Redis, for all instances.
#pragma once

#include "flow/rate_limiter.hpp"
#include "flow/redis.hpp"
#include "store/redis_keys.hpp"

namespace social::store {

class RedisAttempts final : public flow::RateLimiter {
public:
    // `redis` and `keys` outlive the object.
    RedisAttempts(flow::Redis& redis, const RedisKeys& keys) noexcept
        : redis_(redis), keys_(keys) {}

    flow::Task<flow::Decision> attempt(flow::RateLimit rate) override;
    flow::Task<void> refund(std::string counter) override;
    flow::Task<void> forget(std::string counter) override;
    flow::Task<std::uint64_t> count(std::string counter) override;

private:
    flow::Redis& redis_;
    const RedisKeys& keys_;
};

}  // namespace social::store
