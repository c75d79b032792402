// Implements flow::AttemptCounter in Redis, for all instances.
#pragma once

#include "flow/attempt_counter.hpp"
#include "flow/redis.hpp"
#include "store/redis_keys.hpp"

namespace social::store {

class RedisAttempts final : public flow::AttemptCounter {
public:
    // `redis` and `keys` outlive the object.
    RedisAttempts(flow::Redis& redis, const RedisKeys& keys) noexcept
        : redis_(redis), keys_(keys) {}

    flow::Task<flow::AttemptVerdict> attempt(flow::AttemptRate rate) override;
    flow::Task<void> take_back(std::string counter) override;
    flow::Task<void> forget(std::string counter) override;
    flow::Task<std::uint64_t> count(std::string counter) override;

private:
    flow::Redis& redis_;
    const RedisKeys& keys_;
};

}  // namespace social::store
