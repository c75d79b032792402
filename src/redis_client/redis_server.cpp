#include "redis_client/redis_server.hpp"

#include <arpa/inet.h>

#include <array>
#include <tuple>
#include <utility>

#include "coro/result_task.hpp"
#include "coro/when_all.hpp"
#include "loop/error_log.hpp"
#include "redis/error_kind.hpp"
#include "redis_client/redis_client.hpp"

namespace social::loop {

namespace {

std::string text_of(RequestError loss) {
    switch (loss) {
        case RequestError::down:
            return "Redis is down";
        case RequestError::lost:
            return "connection to Redis lost";
        case RequestError::late:
            return "Redis timed out";
    }
    return {};
}

// `wire` outlives the Task.
flow::Task<RedisAnswer> exchange(RedisConnection& connection, std::string_view wire) {
    RedisCall call(connection, wire, false);
    RedisAnswer answer = co_await call;
    co_return std::move(answer);
}

redis::Reply no_replicas() {
    redis::Reply reply;
    reply.type = redis::Reply::Type::error;
    reply.text = "NOREPLICAS too few replicas have the write";
    return reply;
}

}  // namespace

RedisServer::RedisServer(RedisNode node, const RedisSettings& settings, RedisStatistics& statistics)
    : settings_(settings), shared_(node, statistics), durable_(std::move(node), statistics) {}

// WAIT may use half of the timeout. The rest is left for the round trip.
flow::Task<RedisAnswer> RedisServer::send_durably(std::string_view wire) {
    redis::Command wait("WAIT");
    wait.with(settings_.replicas).with(settings_.timeout.count() / 2);
    auto [answer, replicas] =
        co_await flow::when_all(exchange(durable_, wire), exchange(durable_, wait.wire()));
    if (!answer || answer->is_error()) {
        co_return std::move(answer);
    }
    if (!replicas) {
        co_return std::move(replicas);
    }
    if (replicas->integer < static_cast<std::int64_t>(settings_.replicas)) {
        co_return no_replicas();
    }
    co_return std::move(answer);
}

bool RedisServer::is_plain(const redis::Command& command) const noexcept {
    return !command.runs_script() && !waits_for_replicas(command);
}

bool RedisServer::waits_for_replicas(const redis::Command& command) const noexcept {
    return command.is_durable() && settings_.replicas != 0;
}

RedisCall RedisServer::send(const redis::Command& command) noexcept {
    return {shared_, command.wire(), command.is_repeatable()};
}

flow::Task<RedisAnswer> RedisServer::send(const redis::Command& command, std::string_view wire) {
    if (waits_for_replicas(command)) {
        flow::Task<RedisAnswer> sent = send_durably(wire);
        co_return co_await sent;
    }
    RedisCall sent(shared_, wire, command.is_repeatable());
    co_return co_await sent;
}

flow::Task<RedisAnswer> RedisServer::call(const redis::Command& command) {
    flow::Task<RedisAnswer> sent = send(command, command.wire());
    RedisAnswer answer = co_await sent;
    if (answer && command.runs_script() &&
        redis::classify_error(*answer) == redis::ErrorKind::no_script) {
        const std::string wire = command.wire_with_source();
        flow::Task<RedisAnswer> again = send(command, wire);
        answer = co_await again;
    }
    co_return std::move(answer);
}

// when_all() starts both before it suspends, so no other command separates them.
flow::Task<RedisAnswer> RedisServer::ask(const redis::Command& command) {
    const redis::Command first("ASKING");
    const std::string source = command.runs_script() ? command.wire_with_source() : "";
    const std::string_view wire = source.empty() ? command.wire() : source;
    auto [asking, answer] =
        co_await flow::when_all(exchange(shared_, first.wire()), exchange(shared_, wire));
    co_return std::move(answer);
}

redis::Reply answer_or_failure(RedisAnswer&& answer, const redis::Address& server) {
    if (!answer) {
        throw flow::Failure(
            store_unavailable(text_of(answer.error()) + ", server: " + server.text()));
    }
    if (redis::classify_error(*answer) != redis::ErrorKind::none) {
        throw flow::Failure(store_unavailable(
            "Redis returned " + std::string(answer->error_code()) + ", server: " + server.text()));
    }
    return std::move(*answer);
}

std::optional<redis::Address> announced_address(const std::string& host, const std::string& port) {
    std::array<unsigned char, sizeof(in6_addr)> address;
    if (inet_pton(AF_INET, host.c_str(), address.data()) != 1 &&
        inet_pton(AF_INET6, host.c_str(), address.data()) != 1) {
        write_limited(
            ngx_cycle->log,
            {.level = NGX_LOG_ERR,
             .text = {"social: Redis announces a host name, and only addresses can be used: ",
                      host}});
        return std::nullopt;
    }
    Result<redis::Address> parsed = redis::parse_address(host + ':' + port, redis::kPort);
    return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

RedisNode node_of(const RedisSettings& settings, redis::Address address, std::string name) {
    return {.address = std::move(address),
            .name = std::move(name),
            .user = settings.url.user,
            .password = settings.url.password,
            .database = settings.url.database,
            .timeout = settings.timeout,
            .tls = settings.tls.get()};
}

}  // namespace social::loop
