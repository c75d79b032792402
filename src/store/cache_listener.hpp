// Hears from Redis which sessions others change, and ends their copies: one worker of each
// machine does so for all, under a lease in shared memory, and another takes over when it dies.
// https://redis.io/docs/latest/develop/reference/client-side-caching (read 2026-11-27)
//
// While nobody listens, copies end by themselves; when it begins anew, all that were made
// before are out of date.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "flow/task.hpp"
#include "loop/redis_client.hpp"
#include "loop/redis_subscriber.hpp"
#include "store/memory_store.hpp"
#include "store/redis_keys.hpp"
#include "store/session_cache.hpp"

namespace social::store {

class CacheListener final : private loop::RedisListener {
public:
    // All outlive the listener.
    struct Services {
        loop::RedisClient& client;
        const RedisKeys& keys;
        SessionCache& cache;
        MemoryStore& memory;
    };
    explicit CacheListener(Services services) noexcept : services_(services) {}
    CacheListener(const CacheListener&) = delete;
    CacheListener& operator=(const CacheListener&) = delete;
    ~CacheListener() = default;

    // For the worker's background; ends when the worker is told to.
    [[nodiscard]] flow::Task<void> listen();

private:
    void on_message(const redis::Reply& payload) override;
    void on_listening(bool listening) override;
    void follow(const std::vector<loop::RedisNode>& nodes);

    Services services_;
    loop::RedisStatistics statistics_;
    std::vector<std::unique_ptr<loop::RedisSubscriber>> subscribers_;
};

}  // namespace social::store
