#include "store/redis_replies.hpp"

#include <cstring>
#include <string>
#include <utility>

namespace social::store {

flow::Failure unexpected(const redis::Reply& reply) {
    std::string detail = "unexpected reply from Redis";
    if (reply.is_error()) {
        detail += ": ";
        detail += reply.error_code();
    }
    return flow::Failure(store_unavailable(std::move(detail)));
}

flow::Task<std::int64_t> number(flow::Redis& redis, redis::Command command) {
    const redis::Reply reply = co_await redis.call(std::move(command));
    if (!reply.is_integer()) {
        throw unexpected(reply);
    }
    co_return reply.integer;
}

std::optional<session::StoreKey> key_of(const redis::Reply& member) {
    session::StoreKey key{};
    if (!member.is_text() || member.text.size() != key.size()) {
        return std::nullopt;
    }
    std::memcpy(key.data(), member.text.data(), key.size());
    return key;
}

std::vector<session::StoreKey> keys_of(const redis::Reply& members) {
    if (members.is_error()) {
        throw unexpected(members);
    }
    std::vector<session::StoreKey> keys;
    for (const redis::Reply& member : members.elements) {
        if (const std::optional<session::StoreKey> key = key_of(member)) {
            keys.push_back(*key);
        }
    }
    return keys;
}

}  // namespace social::store
