#include "redis_client/redis_subscriber.hpp"

#include <utility>

namespace social::loop {

RedisSubscriber::RedisSubscriber(RedisNode node, RedisStatistics& statistics, Topic topic,
                                 RedisListener& listener)
    : RedisConnection(std::move(node), statistics), topic_(std::move(topic)), listener_(listener) {
    connect();
}

void RedisSubscriber::send_handshake() {
    if (topic_.tracked.empty()) {
        RedisConnection::send_handshake();
    } else {
        send_handshake_command(redis::Command("CLIENT").with("ID"));
    }
}

void RedisSubscriber::on_handshake_done() {
    subscribe(redis::Command("SUBSCRIBE").with(topic_.channel));
}

// CLIENT ID has the only integer reply. RESP2 delivers invalidation messages only to a subscribed
// connection, so REDIRECT names this one.
void RedisSubscriber::check_handshake_reply(const redis::Reply& reply) {
    if (reply.is_integer()) {
        redis::Command track("CLIENT");
        track.with("TRACKING").with("ON").with("REDIRECT").with(reply.integer).with("BCAST");
        send_handshake_command(track.with("PREFIX").with(topic_.tracked));
    }
}

bool RedisSubscriber::on_message(const redis::Reply& reply) {
    constexpr std::size_t kParts = 3;  // kind, channel, payload
    if (reply.type != redis::Reply::Type::array || reply.elements.size() != kParts ||
        !reply.elements[0].is_text()) {
        return false;
    }
    const std::string_view kind = reply.elements[0].text;
    if (kind == "subscribe") {
        set_ready();
    } else if (kind == "message") {
        listener_.on_message(reply.elements[2]);
    }
    return true;
}

}  // namespace social::loop
