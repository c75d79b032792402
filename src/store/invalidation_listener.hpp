// Invalidates cached sessions on Redis client-tracking messages. One worker of each machine
// subscribes for all, under a lease in shared memory. Another worker takes over if it dies.
// https://redis.io/docs/latest/develop/reference/client-side-caching (read 2026-11-27)
//
// Without a subscription, cached sessions expire by their TTL. A new subscription invalidates all
// older ones, since messages may have been lost.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "coro/task.hpp"
#include "redis_client/redis_client.hpp"
#include "redis_client/redis_subscriber.hpp"
#include "store/memory_store.hpp"
#include "store/redis_keys.hpp"
#include "store/session_cache.hpp"

namespace social::store {

class InvalidationListener final : private loop::RedisListener {
public:
    // These objects outlive the listener.
    struct Services {
        loop::RedisClient& client;
        const RedisKeys& keys;
        SessionCache& cache;
        MemoryStore& memory;
    };
    explicit InvalidationListener(Services services) noexcept : services_(services) {}
    InvalidationListener(const InvalidationListener&) = delete;
    InvalidationListener& operator=(const InvalidationListener&) = delete;
    ~InvalidationListener() = default;

    // Runs in the worker's background until the worker exits.
    [[nodiscard]] flow::Task<void> listen();

private:
    void on_message(const redis::Reply& payload) override;
    void on_listening(bool listening) override;
    void track(const std::vector<loop::RedisNode>& nodes);

    Services services_;
    loop::RedisStatistics statistics_;
    std::vector<std::unique_ptr<loop::RedisSubscriber>> subscribers_;
};

}  // namespace social::store
