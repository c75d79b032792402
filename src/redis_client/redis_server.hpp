// Sends commands to one server over a shared connection. Durable writes use a second connection,
// because WAIT follows them and blocks its connection.
//
// Clients of all topologies use it. Both connections connect with their first command.
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
    // `settings` and `statistics` outlive the object.
    RedisServer(RedisNode node, const RedisSettings& settings, RedisStatistics& statistics);

    // Returns the server's reply, which may be an error reply: see redis/error_kind.hpp. After
    // NOSCRIPT it sends the source of the script. A durable write with too few replicas is an error
    // reply NOREPLICAS. `command` outlives the Task.
    [[nodiscard]] flow::Task<RedisAnswer> call(const redis::Command& command);

    // True if one round trip is enough: no script, and no WAIT.
    [[nodiscard]] bool is_plain(const redis::Command& command) const noexcept;
    // call() without a coroutine frame, for plain commands. `command` outlives the RedisCall.
    [[nodiscard]] RedisCall send(const redis::Command& command) noexcept;

    // call() preceded by ASKING, for a slot that migrates to this node (Redis Cluster).
    [[nodiscard]] flow::Task<RedisAnswer> ask(const redis::Command& command);

    [[nodiscard]] const RedisNode& node() const noexcept { return shared_.node(); }
    [[nodiscard]] bool is_down() const noexcept { return shared_.is_down(); }

private:
    [[nodiscard]] bool waits_for_replicas(const redis::Command& command) const noexcept;
    [[nodiscard]] flow::Task<RedisAnswer> send(const redis::Command& command,
                                               std::string_view wire);
    [[nodiscard]] flow::Task<RedisAnswer> send_durably(std::string_view wire);

    const RedisSettings& settings_;
    RedisConnection shared_;
    RedisConnection durable_;
};

// Returns the reply. Throws Failure (store_unavailable) for a RequestError, and for an error reply
// that redis::classify_error() classifies.
[[nodiscard]] redis::Reply answer_or_failure(RedisAnswer&& answer, const redis::Address& server);

// Parses an IP address and a port that Sentinel or Redis Cluster announces. Returns nullopt for a
// host name, and logs it: hiredis would block the worker to resolve it.
[[nodiscard]] std::optional<redis::Address> announced_address(const std::string& host,
                                                              const std::string& port);

// `name`: the host that the TLS certificate must match.
[[nodiscard]] RedisNode node_of(const RedisSettings& settings, redis::Address address,
                                std::string name);

}  // namespace social::loop
