// A client with Sentinel discovery:
// https://redis.io/docs/latest/develop/reference/sentinel-clients (read 2026-11-27).
//
// Discovery queries the sentinels in turn for the primary's address, and ROLE verifies it. It runs
// again after a failed command, after a READONLY error, and on Sentinel's +switch-master message.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "coro/wait_queue.hpp"
#include "redis_client/redis_client.hpp"
#include "redis_client/redis_server.hpp"
#include "redis_client/redis_subscriber.hpp"

namespace social::loop {

class RedisSentinelClient final : public RedisClient, private RedisListener {
public:
    RedisSentinelClient(const RedisSettings& settings, AsyncScope& background);

    flow::Task<redis::Reply> call(redis::Command command) override;
    [[nodiscard]] bool is_down() const noexcept override;
    [[nodiscard]] std::vector<RedisNode> primaries() const override;

private:
    using Server = std::shared_ptr<RedisServer>;  // calls in flight own it, too

    void on_message(const redis::Reply& payload) override;
    void on_listening(bool /*listening*/) override {}
    void on_switch() noexcept;

    [[nodiscard]] flow::Task<redis::Reply> find_and_call(const redis::Command& command);
    void search();
    [[nodiscard]] flow::Task<void> discover_primary();
    [[nodiscard]] flow::Task<bool> search_once();
    [[nodiscard]] flow::Task<std::optional<redis::Address>> ask(RedisConnection& sentinel);
    [[nodiscard]] flow::Task<bool> switch_primary(redis::Address address);
    void listen_to(std::size_t sentinel);

    const RedisSettings& settings_;
    AsyncScope& background_;
    std::vector<std::unique_ptr<RedisConnection>> sentinels_;
    Server primary_;
    bool searching_ = false;
    bool lost_ = false;          // the last discovery found no primary
    flow::WaitQueue<> outcome_;  // calls that wait for the discovery
    std::unique_ptr<RedisSubscriber> subscriber_;
    Event switch_ = Event::calling<&RedisSentinelClient::on_switch>(*this);
};

}  // namespace social::loop
