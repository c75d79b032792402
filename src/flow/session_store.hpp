// Port: sealed sessions, and which of them belong to one user. store/ implements it in shared
// memory, in Redis, and in front of Redis with copies in shared memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coro/task.hpp"
#include "session/record.hpp"

namespace social::flow {

// The sessions of one user of one app, for SessionStore.
struct Owner {
    std::uint64_t hash = 0;  // of app and user id; 0: the provider named no user
    // Under which earlier versions indexed the sessions of the user in Redis.
    std::vector<std::uint64_t> former;
};

// What a store keeps of one session. The bytes are sealed: a store cannot read them.
struct StoredSession {
    session::StoreKey key{};
    std::string sealed;
    std::uint64_t owner = 0;       // Owner::hash; replace() leaves it as it was saved
    std::int64_t expires_at = 0;   // Unix seconds
    std::int64_t refresh_at = 0;   // when its tokens want refreshing; 0: never
    std::uint64_t generation = 0;  // of the sealed record
    // Bytes by which refreshes may enlarge it: save() refuses what replace() would have no room
    // for.
    std::size_t may_grow_by = 0;
};

// A session that has ended, and the revocation of its user's grant, which may follow.
struct Departure {
    session::StoreKey key{};
    Owner owner;
    std::uint64_t holder = 0;           // random: whose revocation it is
    std::chrono::milliseconds time{0};  // that the revocation takes at most; 0: there is none
};

// A revocation that SessionStore::leave() began.
struct Revocation {
    std::uint64_t owner = 0;   // Owner::hash
    std::uint64_t holder = 0;  // Departure::holder
};

// For SessionStore::save() of what no user granted.
inline constexpr std::chrono::milliseconds kNoTokenCheck{-1};

struct CachedSession {
    std::optional<std::string> sealed;
    session::CacheStatus cache_status = session::CacheStatus::hit;
};

// Every member throws Failure (store_unavailable) when the store cannot do it.
class SessionStore {
public:
    // The sealed bytes, or nothing for an unknown or expired key.
    virtual Task<std::optional<std::string>> load(session::StoreKey key) = 0;

    // The same for the gateway's own work, as a background refresh: not a use of the session, where
    // the store evicts what was least recently used.
    virtual Task<std::optional<std::string>> peek(session::StoreKey key) = 0;

    // load() for readers, who may be given a copy that was right a moment ago.
    virtual Task<CachedSession> load_cached(session::StoreKey key) = 0;

    // Whether load_cached() would give bytes that begin with `sealing` at once, without asking
    // anybody: a session that was opened before is still what is stored then.
    [[nodiscard]] virtual bool is_cached(const session::StoreKey& key,
                                         std::string_view sealing) = 0;

    // Creates or overwrites. False, and nothing is stored, when the owner's grant was revoked
    // within the last `token_age`, or is being revoked: the provider may have revoked the new
    // tokens with it. A negative age skips the check.
    virtual Task<bool> save(StoredSession entry, std::chrono::milliseconds token_age) = 0;

    // Overwrites only a session that still exists in generation `expected`;
    // false otherwise. So a refresh never resurrects a deleted session. Not a use, either.
    virtual Task<bool> replace(StoredSession entry, std::uint64_t expected) = 0;

    // The sealed bytes that were removed; nothing when there were none.
    virtual Task<std::optional<std::string>> remove(session::StoreKey key) = 0;

    // Removes only a session that is still in generation `expected`; false otherwise.
    virtual Task<bool> remove_unchanged(session::StoreKey key, std::uint64_t expected) = 0;

    // Takes a session that was removed out of its owner's index. True for exactly one caller,
    // when no session of the owner is left: that caller revokes the grant within
    // `departure.time` and then calls end_revocation(). False without such a time.
    virtual Task<bool> leave(Departure departure) = 0;

    // The revocation that leave() began is over.
    virtual Task<void> end_revocation(Revocation revocation) = 0;

    // Removes all sessions of the owner, whose grant the provider has revoked; which they were.
    virtual Task<std::vector<session::StoreKey>> remove_owner(Owner owner) = 0;

protected:
    ~SessionStore() = default;
};

}  // namespace social::flow
