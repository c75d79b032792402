// The index of sessions by owner in Redis: a sorted set by expiry, and a hash for a revocation.
// Both are in one slot of a cluster, but the sessions are in other slots. So no script can access a
// session and its owner's set atomically. Therefore:
//
// 1. A session is stored before it is added to the set. A member without a session is stale.
// 2. A session is removed before its member. If the process is killed in between, the next leave()
//    removes the stale member.
// 3. All scripts remove expired members, and set the TTL of the set to that of its last member.
//
// The hash of a revocation has `ends`, its end in ms, which is in the future while it is pending.
// It has `holder` until a session is added after the end. Its TTL exceeds the revocation by a
// minute, since a login may hold tokens from before the end. No login takes longer. Times are those
// of the Redis server.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "flow/redis.hpp"
#include "flow/session_store.hpp"
#include "store/redis_keys.hpp"

namespace social::store {

class RedisOwners {
public:
    // `redis` and `keys` outlive the object.
    RedisOwners(flow::Redis& redis, const RedisKeys& keys) noexcept : redis_(redis), keys_(keys) {}

    // False, and the session is in no set: see SessionStore::save().
    struct Joining {
        std::uint64_t owner;
        session::StoreKey key;
        std::int64_t life;                    // TTL of the session in ms
        std::chrono::milliseconds token_age;  // negative: not checked
    };
    [[nodiscard]] flow::Task<bool> join(Joining joining);

    // As those of SessionStore.
    [[nodiscard]] flow::Task<bool> leave(flow::Departure departure);
    [[nodiscard]] flow::Task<void> end_revocation(flow::Revocation revocation);
    [[nodiscard]] flow::Task<std::vector<session::StoreKey>> remove_all(flow::Owner owner);

private:
    using Keys = std::vector<session::StoreKey>;

    [[nodiscard]] redis::Command script(const redis::Script& script, std::uint64_t owner) const;
    // Migrates the members of earlier versions' sets to the sorted set of the owner.
    [[nodiscard]] flow::Task<void> migrate(flow::Owner owner);
    [[nodiscard]] flow::Task<bool> migrate_batch(std::uint64_t owner, std::string former);
    [[nodiscard]] flow::Task<std::vector<std::int64_t>> send_each(std::string_view command,
                                                                  Keys keys);

    flow::Redis& redis_;
    const RedisKeys& keys_;
};

}  // namespace social::store
