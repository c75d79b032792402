#include "loop/redis_subscriber.hpp"

#include <utility>

#include "loop/guard.hpp"
#include "loop/redis_reply.hpp"

namespace social::loop {

namespace {

RedisSubscriber* owner_of(const redisAsyncContext* context) noexcept {
    return static_cast<RedisSubscriber*>(static_cast<RedisConnection*>(context->data));
}

}  // namespace

RedisSubscriber::RedisSubscriber(RedisNode node, RedisStatistics& statistics, Topic topic,
                                 RedisListener& listener)
    : RedisConnection(std::move(node), statistics), topic_(std::move(topic)), listener_(listener) {
    connect();
}

void RedisSubscriber::greet() {
    if (topic_.tracked.empty()) {
        RedisConnection::greet();
    } else if (command(&RedisSubscriber::on_id, redis::Command("CLIENT").with("ID").wire())) {
        ++entering_;
    }
}

void RedisSubscriber::entered() {
    listen(redis::Command("SUBSCRIBE").with(topic_.channel));
}

// RESP2 has messages on subscribed connections alone, so tracking is redirected: to itself.
void RedisSubscriber::track(const redisReply& id) {
    if (id.type == REDIS_REPLY_INTEGER) {
        redis::Command track("CLIENT");
        track.with("TRACKING").with("ON").with("REDIRECT").with(id.integer).with("BCAST");
        say(track.with("PREFIX").with(topic_.tracked));
    }
    take_entry(id);
}

bool RedisSubscriber::hear(const redisReply& reply) {
    constexpr std::size_t kParts = 3;  // kind, channel, payload
    if (reply.type != REDIS_REPLY_ARRAY || reply.elements != kParts ||
        reply.element[0]->str == nullptr) {
        return false;
    }
    const std::string_view kind(reply.element[0]->str,
                                static_cast<std::size_t>(reply.element[0]->len));
    if (kind == "subscribe") {
        be_ready();
    } else if (kind == "message") {
        listener_.on_message(to_reply(*reply.element[2]));
    }
    return true;
}

void RedisSubscriber::on_id(redisAsyncContext* context, void* answer, void*) noexcept {
    RedisSubscriber* self = owner_of(context);
    const auto* reply = static_cast<redisReply*>(answer);
    if (context->data != nullptr && reply != nullptr) {
        guard(ngx_cycle->log, "Redis", [self, reply] { self->track(*reply); });
    }
}

}  // namespace social::loop
