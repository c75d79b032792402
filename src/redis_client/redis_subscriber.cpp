#include "redis_client/redis_subscriber.hpp"

#include <utility>

namespace social::loop {

RedisSubscriber::RedisSubscriber(RedisNode node, RedisStatistics& statistics, Topic topic,
                                 RedisListener& listener)
    : RedisConnection(std::move(node), statistics), topic_(std::move(topic)), listener_(listener) {
    connect();
}

void RedisSubscriber::greet() {
    if (topic_.tracked.empty()) {
        RedisConnection::greet();
    } else {
        say(redis::Command("CLIENT").with("ID"));
    }
}

void RedisSubscriber::entered() {
    listen(redis::Command("SUBSCRIBE").with(topic_.channel));
}

// CLIENT ID has the only integer reply. RESP2 delivers invalidation messages only to a subscribed
// connection, so REDIRECT names this one.
void RedisSubscriber::take_entry(const redis::Reply& reply) {
    if (reply.is_integer()) {
        redis::Command track("CLIENT");
        track.with("TRACKING").with("ON").with("REDIRECT").with(reply.integer).with("BCAST");
        say(track.with("PREFIX").with(topic_.tracked));
    }
}

bool RedisSubscriber::hear(const redis::Reply& reply) {
    constexpr std::size_t kParts = 3;  // kind, channel, payload
    if (reply.type != redis::Reply::Type::array || reply.elements.size() != kParts ||
        !reply.elements[0].is_text()) {
        return false;
    }
    const std::string_view kind = reply.elements[0].text;
    if (kind == "subscribe") {
        be_ready();
    } else if (kind == "message") {
        listener_.on_message(reply.elements[2]);
    }
    return true;
}

}  // namespace social::loop
