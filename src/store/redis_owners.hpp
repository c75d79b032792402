// The sessions of each owner in Redis: a sorted set by expiry, which RedisStore keeps beside the
// sessions, and a hash that tells of a revocation of the owner's grant. Both are in one slot of a
// cluster; the sessions themselves are in others, so no script can see a session and its owner's
// set at once. Therefore
//
// 1. a session is stored before it joins the set: a member without a session is dead;
// 2. a session is removed before it leaves the set: a process that dies in between leaves a dead
//    member, which the next leave() takes out;
// 3. all scripts take expired members out, and give the set the time to live of its longest member.
//
// A revocation's hash has `ends`, the ms at which it is over (in the future while it is under way),
// and `holder`, until a session joins after that. It lives a minute longer: longer than any login,
// whose tokens may have been issued before. Time is that of the server that has the keys.
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
    // Both outlive it.
    RedisOwners(flow::Redis& redis, const RedisKeys& keys) noexcept : redis_(redis), keys_(keys) {}

    // False, and the session is in no set: see SessionStore::save().
    struct Joining {
        std::uint64_t owner;
        session::StoreKey key;
        std::int64_t life;                    // ms, of the session
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
    // Moves the members of sets of earlier versions into the sorted set of the owner.
    [[nodiscard]] flow::Task<void> adopt(flow::Owner owner);
    [[nodiscard]] flow::Task<bool> adopt_some(std::uint64_t owner, std::string former);
    [[nodiscard]] flow::Task<std::vector<std::int64_t>> ask_each(std::string_view command,
                                                                 Keys keys);

    flow::Redis& redis_;
    const RedisKeys& keys_;
};

}  // namespace social::store
