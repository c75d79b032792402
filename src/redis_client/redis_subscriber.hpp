// A connection subscribed to one channel of one server. It reconnects with backoff and subscribes
// again.
//
// Used for Sentinel's +switch-master, and for the invalidation messages of client-side caching:
// https://redis.io/docs/latest/develop/reference/client-side-caching (read 2026-11-27).
#pragma once

#include <string>

#include "redis_client/redis_connection.hpp"

namespace social::loop {

class RedisListener {
public:
    // Called from the connection's read handler. It must not touch the subscriber.
    virtual void on_message(const redis::Reply& payload) = 0;
    // true: subscribed; messages published before are missed. false: the connection is down; called
    // once for each failed reconnect, too.
    virtual void on_listening(bool listening) = 0;

protected:
    ~RedisListener() = default;
};

class RedisSubscriber final : public RedisConnection {
public:
    struct Topic {
        std::string channel;
        // A key prefix for CLIENT TRACKING in broadcast mode; empty: no tracking. Invalidation
        // messages arrive on the same connection.
        std::string tracked;
    };
    // Connects at once. Call it from the event loop. `listener` outlives the subscriber.
    RedisSubscriber(RedisNode node, RedisStatistics& statistics, Topic topic,
                    RedisListener& listener);

private:
    void send_handshake() override;
    void on_handshake_done() override;
    void check_handshake_reply(const redis::Reply& reply) override;
    bool on_message(const redis::Reply& reply) override;
    [[nodiscard]] bool reconnects_when_idle() const noexcept override { return true; }
    void on_ready() override { listener_.on_listening(true); }
    void on_down() override { listener_.on_listening(false); }

    Topic topic_;
    RedisListener& listener_;
};

}  // namespace social::loop
