// A connection that listens to one channel of one server, and comes back by itself when it is
// lost: for Sentinel's +switch-master, and for the keys that others change (client-side
// caching, https://redis.io/docs/latest/develop/reference/client-side-caching, read 2026-11-27).
#pragma once

#include <string>

#include "redis_client/redis_connection.hpp"

namespace social::loop {

class RedisListener {
public:
    // From within the connection: must not touch the subscriber.
    virtual void on_message(const redis::Reply& payload) = 0;
    // What was said before, or in between, was not heard.
    virtual void on_listening(bool listening) = 0;

protected:
    ~RedisListener() = default;
};

class RedisSubscriber final : public RedisConnection {
public:
    struct Topic {
        std::string channel;
        // Not empty: the server tells of all keys that begin so, over the channel. The
        // connection that tracks and the one that hears are the same.
        std::string tracked;
    };
    // Connects at once; only from within the loop. The listener outlives the subscriber.
    RedisSubscriber(RedisNode node, RedisStatistics& statistics, Topic topic,
                    RedisListener& listener);

private:
    void greet() override;
    void entered() override;
    void take_entry(const redis::Reply& reply) override;
    bool hear(const redis::Reply& reply) override;
    [[nodiscard]] bool is_kept() const noexcept override { return true; }
    void became_ready() override { listener_.on_listening(true); }
    void went_down() override { listener_.on_listening(false); }

    Topic topic_;
    RedisListener& listener_;
};

}  // namespace social::loop
