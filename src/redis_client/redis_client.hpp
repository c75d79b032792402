// The port flow::Redis: one client of the configured topology for each worker, made in
// init_process and destroyed in exit_process behind the flows that use it.
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
    redis::Url url;  // user and password included, whichever way they were given
    std::vector<redis::Address> addresses;  // those of the URL, resolved
    base::Secret sentinel_password;         // "": none
    std::chrono::milliseconds timeout{500};
    unsigned replicas = 0;          // that must have a durable write: WAIT
    std::unique_ptr<RedisTls> tls;  // nullptr: none
};

class RedisClient : public flow::Redis {
public:
    RedisClient() = default;
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;
    virtual ~RedisClient() = default;

    // Whether commands fail at once, since the server is known not to answer.
    [[nodiscard]] virtual bool is_down() const noexcept = 0;

    // The servers that take writes, as far as they are known at this moment.
    [[nodiscard]] virtual std::vector<RedisNode> primaries() const = 0;

    [[nodiscard]] const RedisStatistics& statistics() const noexcept { return statistics_; }

protected:
    RedisStatistics statistics_;
};

// Both outlive the client, but what runs in the background ends before it does.
[[nodiscard]] std::unique_ptr<RedisClient> make_redis_client(const RedisSettings& settings,
                                                             AsyncScope& background);

}  // namespace social::loop
