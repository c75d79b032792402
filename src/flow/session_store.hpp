// Port: sealed sessions, and an index of them by owner. store/ implements it in shared memory, on
// Redis, and on Redis with a cache in shared memory.
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

// The owner of sessions: one user of one app. See flow/owner.
struct Owner {
    std::uint64_t hash = 0;  // of app and user id; 0: the provider named no user

    // The hashes of earlier versions, whose index entries may still be in Redis.
    std::vector<std::uint64_t> former;
};

// One session in a store. The bytes are sealed: a store cannot read them.
struct StoredSession {
    session::StoreKey key{};
    std::string sealed;
    std::uint64_t owner = 0;       // Owner::hash; replace() leaves it as it was saved
    std::int64_t expires_at = 0;   // Unix seconds
    std::int64_t refresh_at = 0;   // when the refresh is due, in Unix seconds; 0: never
    std::uint64_t generation = 0;  // of the sealed record

    // Bytes by which refreshes may enlarge it. save() fails if replace() could lack that room.
    std::size_t may_grow_by = 0;
};

// A removed session, and the revocation of its user's grant, which may follow.
struct Departure {
    session::StoreKey key{};
    Owner owner;
    std::uint64_t holder = 0;           // random; identifies the revocation
    std::chrono::milliseconds time{0};  // the revocation's time limit; 0: no revocation
};

// A revocation that SessionStore::leave() started.
struct Revocation {
    std::uint64_t owner = 0;   // Owner::hash
    std::uint64_t holder = 0;  // Departure::holder
};

// For SessionStore::save() of an entry without a user's grant.
inline constexpr std::chrono::milliseconds kNoTokenCheck{-1};

struct CachedSession {
    std::optional<std::string> sealed;
    session::CacheStatus cache_status = session::CacheStatus::hit;
};

// Every Task throws Failure (store_unavailable) if the store fails.
class SessionStore {
public:
    // Returns the sealed bytes, or nullopt if the key is unknown or expired.
    virtual Task<std::optional<std::string>> load(session::StoreKey key) = 0;

    // The same for internal work, for example a background refresh. It does not count as a use of
    // the session, in a store that evicts the least recently used one.
    virtual Task<std::optional<std::string>> peek(session::StoreKey key) = 0;

    // load() for readers: may return a cached session that is slightly out of date.
    virtual Task<CachedSession> load_cached(session::StoreKey key) = 0;

    // Returns true if load_cached() would return bytes with the prefix `sealing` without
    // suspending. Then a session that was decrypted from those bytes is current.
    [[nodiscard]] virtual bool is_cached(const session::StoreKey& key,
                                         std::string_view sealing) = 0;

    // Creates or overwrites. Returns false and stores nothing if the owner's grant was revoked
    // within the last `token_age`, or is being revoked. The provider may have revoked the new
    // tokens with it. A negative age skips the check.
    virtual Task<bool> save(StoredSession entry, std::chrono::milliseconds token_age) = 0;

    // Overwrites the session if its generation is `expected`, else returns false. So a refresh
    // never resurrects a deleted session. Does not count as a use.
    virtual Task<bool> replace(StoredSession entry, std::uint64_t expected) = 0;

    // Returns the removed sealed bytes, or nullopt if there was no session.
    virtual Task<std::optional<std::string>> remove(session::StoreKey key) = 0;

    // Removes the session if its generation is `expected`, else returns false.
    virtual Task<bool> remove_unchanged(session::StoreKey key, std::uint64_t expected) = 0;

    // Removes a removed session from its owner's index. Returns true to exactly one caller, when
    // the owner has no other session. That caller revokes the grant within `departure.time`, then
    // calls end_revocation(). Returns false if `departure.time` is 0.
    virtual Task<bool> leave(Departure departure) = 0;

    // Ends the revocation that leave() started.
    virtual Task<void> end_revocation(Revocation revocation) = 0;

    // Removes all sessions of an owner whose grant the provider has revoked. Returns their keys.
    virtual Task<std::vector<session::StoreKey>> remove_owner(Owner owner) = 0;

protected:
    ~SessionStore() = default;
};

}  // namespace social::flow
