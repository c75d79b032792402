#include "redis_client/redis_cluster.hpp"

#include <algorithm>
#include <utility>

#include "coro/result_task.hpp"
#include "loop/deadline.hpp"
#include "loop/sleep.hpp"
#include "redis/error_kind.hpp"
#include "redis/slot.hpp"

namespace social::loop {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRetryDelay{20};         // during a resharding or a refresh of the slot map
constexpr milliseconds kBetweenRefreshes{100};  // minimum
constexpr int kTries = 32;

Error late() {
    return store_unavailable("no node of the Redis cluster answered in time");
}

}  // namespace

bool RedisClusterClient::is_down() const noexcept {
    return !servers_.empty() &&
           std::ranges::all_of(servers_, [](const auto& entry) { return entry.second->is_down(); });
}

std::vector<RedisNode> RedisClusterClient::primaries() const {
    std::vector<RedisNode> nodes;
    for (const redis::Address& address : map_.primaries()) {
        nodes.push_back(node_of(settings_, address, address.host));
    }
    return nodes;
}

flow::Task<redis::Reply> RedisClusterClient::call(redis::Command command) {
    Deadline<redis::Reply> answered(execute(command), settings_.timeout, late());
    redis::Reply reply = co_await answered;
    co_return std::move(reply);
}

flow::Task<redis::Reply> RedisClusterClient::execute(const redis::Command& command) {
    Route route{.slot = redis::slot_of(command.first_key()), .asked = {}, .asking = false};
    for (int tries = 0; tries < kTries; ++tries) {
        const Server server = server_of(route);
        Retry next = Retry::later;
        RedisAnswer answer = std::unexpected(RequestError::down);
        if (server) {
            const bool asking = std::exchange(route.asking, false);
            flow::Task<RedisAnswer> sent = asking ? server->ask(command) : server->call(command);
            answer = co_await sent;
            next = handle_redirection(answer, server->node(), route);
        } else {
            refresh();
        }
        if (next == Retry::none) {
            co_return answer_or_failure(std::move(answer), server->node().address);
        }
        if (next == Retry::later) {
            Sleep moment(kRetryDelay);
            co_await moment;
        }
    }
    throw flow::Failure(late());
}

RedisClusterClient::Retry RedisClusterClient::handle_redirection(const RedisAnswer& answer,
                                                                 const RedisNode& answered,
                                                                 Route& route) {
    using redis::ErrorKind;
    if (!answer) {
        refresh();
        return Retry::none;
    }
    const ErrorKind trouble = redis::classify_error(*answer);
    if (trouble == ErrorKind::moved || trouble == ErrorKind::ask) {
        const auto to = redis::redirection(*answer, answered.address);
        if (!to) {
            refresh();
            return Retry::none;
        }
        if (trouble == ErrorKind::ask) {
            route.asked = to->address;
            route.asking = true;
        } else {
            map_.move(to->slot, to->address);
            refresh();
        }
        return Retry::now;
    }
    if (trouble == ErrorKind::cluster_down || trouble == ErrorKind::not_primary) {
        refresh();
        return Retry::later;
    }
    return trouble == ErrorKind::try_again ? Retry::later : Retry::none;
}

RedisClusterClient::Server RedisClusterClient::server_of(const Route& route) {
    if (route.asking) {
        return server_at(route.asked);
    }
    const redis::Address* address = map_.find(route.slot);
    return address != nullptr ? server_at(*address) : nullptr;
}

RedisClusterClient::Server RedisClusterClient::server_at(const redis::Address& address) {
    const auto known = announced_address(address.host, std::to_string(address.port));
    if (!known) {
        return nullptr;
    }
    Server& server = servers_[address.text()];
    if (!server) {
        server = std::make_shared<RedisServer>(node_of(settings_, address, address.host), settings_,
                                               statistics_);
    }
    return server;
}

void RedisClusterClient::refresh() {
    const milliseconds now(ngx_current_msec);
    if (!refreshing_ && now - refreshed_at_ >= kBetweenRefreshes) {
        background_.spawn(refresh_map());
        refreshing_ = true;
        refreshed_at_ = now;
    }
}

// Tries the primaries of the slot map, then the configured nodes.
flow::Task<void> RedisClusterClient::refresh_map() {
    std::vector<redis::Address> nodes = map_.primaries();
    nodes.insert(nodes.end(), settings_.addresses.begin(), settings_.addresses.end());
    for (const redis::Address& address : nodes) {
        const bool read = co_await read_map(address);
        if (read) {
            drop_servers_without_slots();
            break;
        }
    }
    refreshing_ = false;
}

flow::Task<bool> RedisClusterClient::read_map(redis::Address address) {
    const Server server = server_at(address);
    if (!server) {
        co_return false;
    }
    redis::Command slots("CLUSTER");
    slots.with("SLOTS").repeatable();
    const RedisAnswer answer = co_await server->call(slots);
    co_return answer&& map_.read(*answer, address);
}

void RedisClusterClient::drop_servers_without_slots() {
    std::erase_if(servers_, [this](const auto& entry) {
        return std::ranges::none_of(map_.primaries(), [&entry](const redis::Address& address) {
            return address.text() == entry.first;
        });
    });
}

}  // namespace social::loop
