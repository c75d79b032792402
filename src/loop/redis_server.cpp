#include "loop/redis_server.hpp"

#include <tuple>
#include <utility>

#include "flow/failure.hpp"
#include "flow/when_all.hpp"
#include "loop/redis_client.hpp"
#include "redis/trouble.hpp"

namespace social::loop {

namespace {

flow::Failure unavailable(std::string detail) {
    return flow::Failure(Error{.kind = Kind::store_unavailable,
                               .what = "Sessions are unavailable, please try again",
                               .detail = std::move(detail)});
}

std::string_view text_of(RedisLoss loss) noexcept {
    switch (loss) {
        case RedisLoss::down:
            return "Redis is known to be down";
        case RedisLoss::lost:
            return "the connection to Redis was lost";
        case RedisLoss::late:
            return "Redis did not answer in time";
    }
    return "";
}

redis::Reply value_of(RedisAnswer answer, const RedisNode& node) {
    if (!answer) {
        throw unavailable(std::string(text_of(answer.error())) +
                          ", server: " + node.address.text());
    }
    return std::move(*answer);
}

flow::Task<redis::Reply> exchange(RedisConnection& connection, std::string wire, bool repeatable) {
    RedisCall call(connection, std::move(wire), repeatable);
    RedisAnswer answer = co_await call;
    co_return value_of(std::move(answer), connection.node());
}

}  // namespace

RedisServer::RedisServer(RedisNode node, const RedisSettings& settings, RedisStatistics& statistics)
    : settings_(settings), shared_(node, statistics), durable_(std::move(node), statistics) {}

flow::Task<redis::Reply> RedisServer::send(std::string wire, bool repeatable) {
    return exchange(shared_, std::move(wire), repeatable);
}

flow::Task<redis::Reply> RedisServer::send_durably(std::string wire) {
    redis::Command wait("WAIT");
    wait.with(settings_.replicas).with(settings_.timeout.count() / 2);
    auto [reply, replicas] = co_await flow::when_all(exchange(durable_, std::move(wire), false),
                                                     exchange(durable_, wait.wire(), false));
    if (replicas.integer < static_cast<std::int64_t>(settings_.replicas) &&
        redis::trouble_of(reply) == redis::Trouble::none) {
        throw unavailable("too few replicas have the session");
    }
    co_return std::move(reply);
}

flow::Task<redis::Reply> RedisServer::call(const redis::Command& command) {
    const bool durable = command.is_durable() && settings_.replicas != 0;
    flow::Task<redis::Reply> sent =
        durable ? send_durably(command.wire()) : send(command.wire(), command.is_repeatable());
    redis::Reply reply = co_await sent;
    if (redis::trouble_of(reply) == redis::Trouble::no_script && command.runs_script()) {
        flow::Task<redis::Reply> again = send(command.wire_with_source(), command.is_repeatable());
        reply = co_await again;
    }
    co_return std::move(reply);
}

// Both are in the connection's queue before anything else can come between.
flow::Task<redis::Reply> RedisServer::ask(const redis::Command& command) {
    const std::string wire = command.runs_script() ? command.wire_with_source() : command.wire();
    auto [asking, reply] = co_await flow::when_all(
        exchange(shared_, redis::Command("ASKING").wire(), false), exchange(shared_, wire, false));
    co_return std::move(reply);
}

void RedisServer::close() noexcept {
    shared_.close();
    durable_.close();
}

redis::Reply answer_or_failure(redis::Reply reply) {
    if (redis::trouble_of(reply) != redis::Trouble::none) {
        throw unavailable("Redis says " + std::string(reply.error_code()));
    }
    return reply;
}

}  // namespace social::loop
