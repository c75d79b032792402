#include "redis_client/redis_client.hpp"

#include "redis_client/redis_cluster.hpp"
#include "redis_client/redis_sentinel.hpp"
#include "redis_client/redis_server.hpp"

namespace social::loop {

namespace {

class SingleServer final : public RedisClient {
public:
    explicit SingleServer(const RedisSettings& settings)
        : server_(
              node_of(settings, settings.addresses.front(), settings.url.addresses.front().host),
              settings, statistics_) {}

    // Reads are plain commands. They need no coroutine frame but this one.
    flow::Task<redis::Reply> call(redis::Command command) override {
        if (server_.is_plain(command)) {
            RedisCall sent = server_.send(command);
            co_return answer_or_failure(co_await sent, server_.node().address);
        }
        flow::Task<RedisAnswer> sent = server_.call(command);
        co_return answer_or_failure(co_await sent, server_.node().address);
    }

    [[nodiscard]] bool is_down() const noexcept override { return server_.is_down(); }

    [[nodiscard]] std::vector<RedisNode> primaries() const override { return {server_.node()}; }

private:
    RedisServer server_;
};

}  // namespace

std::unique_ptr<RedisClient> make_redis_client(const RedisSettings& settings,
                                               AsyncScope& background) {
    switch (settings.url.topology) {
        case redis::Topology::sentinel:
            return std::make_unique<RedisSentinelClient>(settings, background);
        case redis::Topology::cluster:
            return std::make_unique<RedisClusterClient>(settings, background);
        case redis::Topology::single:
            break;
    }
    return std::make_unique<SingleServer>(settings);
}

}  // namespace social::loop
