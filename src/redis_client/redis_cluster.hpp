// A Redis Cluster client: each command goes to the node that serves the slot of its first key.
//
// A background job refreshes the slot map (redis/slot_map.hpp), at most every 100 ms. Triggers are
// MOVED, CLUSTERDOWN, a READONLY error, a failed command, and a slot without a node.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "redis/slot_map.hpp"
#include "redis_client/redis_client.hpp"
#include "redis_client/redis_server.hpp"

namespace social::loop {

class RedisClusterClient final : public RedisClient {
public:
    RedisClusterClient(const RedisSettings& settings, AsyncScope& background)
        : settings_(settings), background_(background) {}

    flow::Task<redis::Reply> call(redis::Command command) override;
    [[nodiscard]] bool is_down() const noexcept override;
    [[nodiscard]] std::vector<RedisNode> primaries() const override;

private:
    using Server = std::shared_ptr<RedisServer>;  // calls in flight own it, too

    // The destination of a command's next try.
    struct Route {
        std::uint16_t slot = 0;
        redis::Address asked;  // the node of an ASK redirection, for one try
        bool asking = false;
    };
    // none: the answer is final; later: after kRetryDelay.
    enum class Retry : std::uint8_t { none, now, later };

    [[nodiscard]] flow::Task<redis::Reply> execute(const redis::Command& command);
    [[nodiscard]] Retry handle_redirection(const RedisAnswer& answer, const RedisNode& answered,
                                           Route& route);
    [[nodiscard]] Server server_at(const redis::Address& address);
    [[nodiscard]] Server server_of(const Route& route);

    void refresh();
    [[nodiscard]] flow::Task<void> refresh_map();
    [[nodiscard]] flow::Task<bool> read_map(redis::Address address);
    void drop_servers_without_slots();

    const RedisSettings& settings_;
    AsyncScope& background_;
    redis::SlotMap map_;
    std::unordered_map<std::string, Server> servers_;  // by redis::Address::text()
    bool refreshing_ = false;
    std::chrono::milliseconds refreshed_at_{-1000};
};

}  // namespace social::loop
