#include "loop/redis_client.hpp"

#include "loop/redis_server.hpp"

namespace social::loop {

namespace {

class SingleServer final : public RedisClient {
public:
    explicit SingleServer(const RedisSettings& settings)
        : server_(RedisNode{.address = settings.addresses.front(),
                            .name = settings.url.addresses.front().host,
                            .user = settings.url.user,
                            .password = settings.url.password,
                            .database = settings.url.database,
                            .timeout = settings.timeout,
                            .tls = settings.tls.get()},
                  settings, statistics_) {}

    flow::Task<redis::Reply> call(redis::Command command) override {
        flow::Task<redis::Reply> sent = server_.call(command);
        redis::Reply reply = co_await sent;
        co_return answer_or_failure(std::move(reply));
    }

    [[nodiscard]] bool is_down() const noexcept override { return server_.is_down(); }

private:
    RedisServer server_;
};

}  // namespace

std::unique_ptr<RedisClient> make_redis_client(const RedisSettings& settings) {
    return std::make_unique<SingleServer>(settings);
}

}  // namespace social::loop
