// Implements the port flow::Redis for the configured topology.
//
// One client per worker. init_process creates it; exit_process destroys it after the flows that use
// it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/secret.hpp"
#include "flow/redis.hpp"
#include "http_client/resolver.hpp"
#include "loop/async_scope.hpp"
#include "redis/url.hpp"
#include "redis_client/redis_connection.hpp"
#include "redis_client/redis_tls.hpp"

namespace social::loop {

struct RedisSettings {
    redis::Url url;  // with user and password, from the URL or from parameters
    std::vector<redis::Address> addresses;   // of the URL, resolved
    base::Secret sentinel_password;          // empty: none
    std::chrono::milliseconds timeout{500};  // of one command
    unsigned replicas = 0;                   // acknowledgments of a durable write (WAIT); 0: none
    std::unique_ptr<RedisTls> tls;           // nullptr: none
};

class RedisClient : public flow::Redis {
public:
    RedisClient() = default;
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;
    virtual ~RedisClient() = default;

    // True if commands fail at once, because no server is reachable. A background reconnect resets
    // it.
    [[nodiscard]] virtual bool is_down() const noexcept = 0;

    // The primaries discovered so far. Empty before the first discovery.
    [[nodiscard]] virtual std::vector<RedisNode> primaries() const = 0;

    [[nodiscard]] const RedisStatistics& statistics() const noexcept { return statistics_; }

protected:
    RedisStatistics statistics_;
};

// `settings` outlive the client. `background` cancels its jobs before the client is destroyed.
[[nodiscard]] std::unique_ptr<RedisClient> make_redis_client(const RedisSettings& settings,
                                                             AsyncScope& background);

}  // namespace social::loop
