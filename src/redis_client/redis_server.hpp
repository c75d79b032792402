// Commands to one server, over the connection that all share, and durable writes over one of
// their own: behind them comes WAIT, which keeps a connection from doing anything else.
//
// For the clients of all topologies; made when a server is first needed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "coro/task.hpp"
#include "redis/command.hpp"
#include "redis_client/redis_call.hpp"
#include "redis_client/redis_connection.hpp"

namespace social::loop {

struct RedisSettings;

class RedisServer {
public:
    // `settings` outlive the object.
    RedisServer(RedisNode node, const RedisSettings& settings, RedisStatistics& statistics);

    // The server's answer, errors of its own included: see redis/error_kind.hpp. A script whose
    // digest it does not know is sent by its source. That too few replicas have a durable
    // write is an error NOREPLICAS.
    [[nodiscard]] flow::Task<RedisAnswer> call(const redis::Command& command);

    // The same for a command that one exchange is enough for: no script, and not to be awaited
    // by replicas. It refers to the command.
    [[nodiscard]] bool is_plain(const redis::Command& command) const noexcept;
    [[nodiscard]] RedisCall send(const redis::Command& command) noexcept;

    // The same behind ASKING, for a slot that is on its way here. Only in a cluster.
    [[nodiscard]] flow::Task<RedisAnswer> ask(const redis::Command& command);

    [[nodiscard]] const RedisNode& node() const noexcept { return shared_.node(); }
    [[nodiscard]] bool is_down() const noexcept { return shared_.is_down(); }
    void close() noexcept;

private:
    [[nodiscard]] bool waits_for_replicas(const redis::Command& command) const noexcept;
    [[nodiscard]] flow::Task<RedisAnswer> send(const redis::Command& command,
                                               std::string_view wire);
    [[nodiscard]] flow::Task<RedisAnswer> send_durably(std::string_view wire);

    const RedisSettings& settings_;
    RedisConnection shared_;
    RedisConnection durable_;
};

// For the port's user: the answer to the command, or Failure (store_unavailable).
[[nodiscard]] redis::Reply answer_or_failure(RedisAnswer&& answer, const redis::Address& server);

// As Sentinel and clusters name servers: an IP address and a port. Nothing for a host name,
// which hiredis would resolve while the worker waits: says so in the log.
[[nodiscard]] std::optional<redis::Address> announced_address(const std::string& host,
                                                              const std::string& port);

// One server of those that `settings` are for.
[[nodiscard]] RedisNode node_of(const RedisSettings& settings, redis::Address address,
                                std::string name);

}  // namespace social::loop
