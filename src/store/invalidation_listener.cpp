#include "store/invalidation_listener.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "base/random.hpp"
#include "flow/lease.hpp"
#include "loop/sleep.hpp"

namespace social::store {

namespace {

constexpr std::string_view kChannel = "__redis__:invalidate";

}  // namespace

flow::Task<void> InvalidationListener::listen() {
    const flow::LeaseClaim lease("cache listener", base::random_number(), flow::kLeaseTime);
    // Before the first iteration of the event loop, no event can resume a coroutine.
    loop::Sleep first(std::chrono::milliseconds(1), loop::OnExit::abandon);
    co_await first;
    while (ngx_exiting == 0) {
        const bool ours = co_await services_.memory.claim_lease(lease);
        track(ours ? services_.client.primaries() : std::vector<loop::RedisNode>());
        loop::Sleep pause(flow::kLeaseRenewal, loop::OnExit::abandon);
        co_await pause;
    }
    subscribers_.clear();
    co_await services_.memory.release_lease(lease);
}

void InvalidationListener::track(const std::vector<loop::RedisNode>& nodes) {
    const auto is_at = [](const loop::RedisNode& node) {
        return
            [&node](const auto& subscriber) { return subscriber->node().address == node.address; };
    };
    std::erase_if(subscribers_, [&nodes](const auto& subscriber) {
        return std::ranges::none_of(nodes, [&subscriber](const loop::RedisNode& node) {
            return node.address == subscriber->node().address;
        });
    });
    for (const loop::RedisNode& node : nodes) {
        if (std::ranges::none_of(subscribers_, is_at(node))) {
            loop::RedisListener& self = *this;
            loop::RedisSubscriber::Topic topic{.channel = std::string(kChannel),
                                               .tracked = services_.keys.sessions()};
            subscribers_.push_back(
                std::make_unique<loop::RedisSubscriber>(node, statistics_, std::move(topic), self));
        }
    }
}

// The payload is a list of keys, or nil after FLUSHALL and FLUSHDB.
void InvalidationListener::on_message(const redis::Reply& payload) {
    if (payload.is_nil()) {
        services_.memory.expire_copies();
        return;
    }
    for (const redis::Reply& name : payload.elements) {
        if (const auto key = services_.keys.session_of(name.text)) {
            services_.cache.invalidate(*key);
        }
    }
}

void InvalidationListener::on_listening(bool listening) {
    if (listening) {
        services_.memory.expire_copies();
    }
}

}  // namespace social::store
