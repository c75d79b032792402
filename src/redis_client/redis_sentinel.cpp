#include "redis_client/redis_sentinel.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "base/backoff.hpp"
#include "coro/result_task.hpp"
#include "loop/deadline.hpp"
#include "loop/error_log.hpp"
#include "loop/guard.hpp"
#include "loop/sleep.hpp"
#include "redis/error_kind.hpp"

namespace social::loop {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{100};
constexpr milliseconds kMaxBackoff{1000};
constexpr int kTries = 3;
constexpr std::string_view kChannel = "+switch-master";

Error late() {
    return store_unavailable("no primary of Redis answered in time");
}

bool is_primary(const RedisAnswer& answer) {
    return answer && !answer->elements.empty() && answer->elements.front().text == "master";
}

}  // namespace

RedisSentinelClient::RedisSentinelClient(const RedisSettings& settings, AsyncScope& background)
    : settings_(settings), background_(background) {
    for (std::size_t i = 0; i < settings.addresses.size(); ++i) {
        RedisNode node = node_of(settings, settings.addresses[i], settings.url.addresses[i].host);
        node.user.clear();
        node.password = settings.sentinel_password;
        node.database = 0;
        sentinels_.push_back(std::make_unique<RedisConnection>(std::move(node), statistics_));
    }
}

bool RedisSentinelClient::is_down() const noexcept {
    return primary_ ? primary_->is_down() : lost_;
}

std::vector<RedisNode> RedisSentinelClient::primaries() const {
    return primary_ ? std::vector<RedisNode>{primary_->node()} : std::vector<RedisNode>();
}

flow::Task<redis::Reply> RedisSentinelClient::call(redis::Command command) {
    Deadline<redis::Reply> answered(find_and_call(command), settings_.timeout, late());
    redis::Reply reply = co_await answered;
    co_return std::move(reply);
}

flow::Task<redis::Reply> RedisSentinelClient::find_and_call(const redis::Command& command) {
    for (int tries = 0; tries < kTries; ++tries) {
        if (!primary_) {
            search();
        }
        while (!primary_ && !lost_) {
            flow::WaitQueue<>::Waiter outcome(outcome_, background_);
            co_await outcome;
        }
        const Server server = primary_;
        if (!server) {
            break;
        }
        RedisAnswer answer = co_await server->call(command);
        if (!answer) {
            search();
        } else if (redis::classify_error(*answer) == redis::ErrorKind::not_primary) {
            primary_.reset();
            continue;
        }
        co_return answer_or_failure(std::move(answer), server->node().address);
    }
    throw flow::Failure(late());
}

void RedisSentinelClient::search() {
    if (!searching_) {
        background_.spawn(discover_primary());
        searching_ = true;
    }
}

flow::Task<void> RedisSentinelClient::discover_primary() {
    base::Backoff backoff(kFirstPause, kMaxBackoff);
    bool found = co_await search_once();
    while (!found && ngx_exiting == 0) {
        if (!std::exchange(lost_, true)) {
            write_limited(ngx_cycle->log, {.level = NGX_LOG_ERR,
                                           .text = {"social: no primary of Redis is found, name: ",
                                                    settings_.url.primary}});
            outcome_.resolve_all();
        }
        Sleep sleep(backoff.next(), OnExit::abandon);
        co_await sleep;
        found = co_await search_once();
    }
    lost_ = !found;
    searching_ = false;
    outcome_.resolve_all();
}

flow::Task<bool> RedisSentinelClient::search_once() {
    for (std::size_t i = 0; i < sentinels_.size(); ++i) {
        const std::optional<redis::Address> address = co_await ask(*sentinels_[i]);
        if (!address) {
            continue;
        }
        const bool adopted = co_await switch_primary(*address);
        if (adopted) {
            listen_to(i);
            // The next discovery queries this sentinel first, as Sentinel's client guide
            // recommends.
            std::rotate(sentinels_.begin(), sentinels_.begin() + static_cast<std::ptrdiff_t>(i),
                        sentinels_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
            co_return true;
        }
    }
    co_return false;
}

flow::Task<std::optional<redis::Address>> RedisSentinelClient::ask(RedisConnection& sentinel) {
    redis::Command command("SENTINEL");
    command.with("GET-MASTER-ADDR-BY-NAME").with(settings_.url.primary);
    RedisCall call(sentinel, command.wire(), true);
    const RedisAnswer answer = co_await call;
    std::optional<redis::Address> address;
    if (answer && answer->elements.size() == 2) {
        address = announced_address(answer->elements[0].text, answer->elements[1].text);
    }
    co_return address;
}

// Also verifies the current primary: it may have become a replica.
flow::Task<bool> RedisSentinelClient::switch_primary(redis::Address address) {
    Server server = primary_;
    if (!server || server->node().address != address) {
        std::string name = address.host;
        server = std::make_shared<RedisServer>(
            node_of(settings_, std::move(address), std::move(name)), settings_, statistics_);
    }
    const redis::Command role("ROLE");
    const RedisAnswer answer = co_await server->call(role);
    const bool primary = is_primary(answer);
    if (primary && server != primary_) {
        const std::string text = server->node().address.text();
        write_limited(ngx_cycle->log, {.level = NGX_LOG_NOTICE,
                                       .text = {"social: the primary of Redis is ", text}});
        primary_ = std::move(server);
        outcome_.resolve_all();
    }
    co_return primary;
}

void RedisSentinelClient::listen_to(std::size_t sentinel) {
    const RedisNode& node = sentinels_[sentinel]->node();
    if (!subscriber_ || subscriber_->node().address != node.address) {
        RedisListener& self = *this;
        RedisSubscriber::Topic topic{.channel = std::string(kChannel), .tracked = {}};
        subscriber_ = std::make_unique<RedisSubscriber>(node, statistics_, std::move(topic), self);
    }
}

// The payload is "name old-address old-port new-address new-port". Calls in flight to the old
// primary still end with its reply or a timeout. on_switch() runs from an event of the loop: this
// callback must not touch the subscriber.
void RedisSentinelClient::on_message(const redis::Reply& payload) {
    if (payload.text.starts_with(settings_.url.primary + ' ')) {
        switch_.post();
    }
}

void RedisSentinelClient::on_switch() noexcept {
    guard(ngx_cycle->log, "Redis", [this] {
        primary_.reset();
        lost_ = false;
        search();
    });
}

}  // namespace social::loop
