// All sessions of one gateway in shared memory. Lookup by key takes constant time. If the memory is
// full, the least recently used sessions are evicted. peek() and replace() of a background refresh
// do not count as a use.
//
// The object is a view that each process makes over the same memory. Callers hold the zone's lock,
// and have called recover() after they took it. If a process was killed during a change, recover()
// rebuilds the indexes. At worst the session that was being written and the order of use are lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "flow/refresh_queue.hpp"
#include "flow/session_store.hpp"
#include "shm/session_index.hpp"

namespace social::store {

struct TableStatistics {
    std::uint64_t sessions = 0;
    std::uint64_t evicted = 0;   // unexpired sessions evicted since start
    std::uint64_t expired = 0;   // expired sessions removed since start
    std::uint64_t repaired = 0;  // number of index rebuilds
    std::uint64_t lost = 0;      // sessions lost in rebuilds
    std::uint64_t bytes_used = 0;
    std::uint64_t bytes_total = 0;
};

using flow::DueSession;

enum class Saved : std::uint8_t {
    stored,
    outdated,   // the session is gone, has another generation, or is of a revoked grant
    too_large,  // for the whole table
};

class SessionTable {
public:
    static constexpr std::size_t kMinMemory = 16384;

    // `memory` has at least kMinMemory bytes. Call format() once before the first use.
    explicit SessionTable(std::span<std::byte> memory) noexcept : index_(memory) {}
    void format() { index_.format(); }

    // Rebuilds the indexes if they are corrupt. Returns true if it did.
    bool recover() noexcept;

    // In all functions `now` is in Unix seconds.
    //
    // Copies the value to `out`, and counts as a use. Returns false if there is no unexpired
    // session. Throws std::bad_alloc only, and then changes nothing.
    [[nodiscard]] bool load(const session::StoreKey& key, std::int64_t now, std::string& out);

    // Like load(), but does not count as a use.
    [[nodiscard]] bool peek(const session::StoreKey& key, std::int64_t now, std::string& out);

    // Like load(), but copies only the first bytes to fill `head`. Returns false for a shorter
    // value, too.
    [[nodiscard]] bool load_head(const session::StoreKey& key, std::int64_t now,
                                 std::span<char> head) noexcept;

    // Creates or overwrites. If memory is full, it removes expired sessions, then evicts the least
    // recently used. Returns too_large also if the session could not grow by
    // StoredSession::may_grow_by.
    [[nodiscard]] Saved save(const flow::StoredSession& session, std::int64_t now) noexcept;

    // Compare-and-set: overwrites an unexpired session of generation `expected`. It does not count
    // as a use.
    struct Condition {
        std::uint64_t expected;
        std::int64_t now;
    };
    [[nodiscard]] Saved replace(const flow::StoredSession& session,
                                const Condition& condition) noexcept;

    // Compare-and-delete: removes an unexpired session of generation `expected`. Returns true if it
    // did.
    bool remove_unchanged(const session::StoreKey& key, const Condition& condition) noexcept;

    // Removes a session. Returns true if it had not expired.
    bool remove(const session::StoreKey& key, std::int64_t now) noexcept;

    // Like remove(), and copies the value to `out`. Throws std::bad_alloc only, and then changes
    // nothing.
    [[nodiscard]] bool take(const session::StoreKey& key, std::int64_t now, std::string& out);

    // The owner of an unexpired session; 0: none.
    [[nodiscard]] std::uint64_t owner_of(const session::StoreKey& key, std::int64_t now) noexcept;

    // True if the owner has an unexpired session. `owner` 0 has none.
    [[nodiscard]] bool has_owner(std::uint64_t owner, std::int64_t now) noexcept;

    // Removes the owner's sessions, and returns the number of unexpired ones. A non-empty `out`
    // receives their keys and bounds their number. `owner` 0 has no sessions.
    std::uint64_t remove_owner(std::uint64_t owner, std::int64_t now,
                               std::span<session::StoreKey> out = {}) noexcept;

    // Removes at most `limit` expired sessions. Returns the number.
    std::uint64_t sweep(std::int64_t now, std::uint64_t limit) noexcept;

    // Claims the sessions whose refresh_at is past, the earliest first. Returns how many of `out`
    // were filled. Sets their refresh_at to `again_at`, so that no other worker claims them
    // meanwhile, and failures are retried with a delay. Costs O(log n) per due session.
    struct DueQuery {
        std::int64_t now;
        std::int64_t again_at;
    };
    [[nodiscard]] std::size_t claim_due(const DueQuery& query, std::span<DueSession> out) noexcept;

    [[nodiscard]] TableStatistics statistics() const noexcept;
    [[nodiscard]] std::uint64_t evicted() const noexcept { return index_.state().evicted; }

private:
    [[nodiscard]] Index find_live(const session::StoreKey& key, std::int64_t now) noexcept;
    [[nodiscard]] bool read(Index entry, std::string& out);
    [[nodiscard]] bool fits(std::size_t bytes) const noexcept;
    [[nodiscard]] bool put(const flow::StoredSession& session, std::int64_t now) noexcept;
    [[nodiscard]] bool put_in_place(Index entry, const flow::StoredSession& session,
                                    std::int64_t now) noexcept;
    // `spared` is not evicted. kNone: also makes room for one more entry.
    struct Room {
        Index blocks;
        Index spared;
    };
    [[nodiscard]] bool make_room(Room room, std::int64_t now) noexcept;
    [[nodiscard]] bool drop_expired(std::int64_t now, std::uint64_t limit) noexcept;

    SessionIndex index_;
};

}  // namespace social::store
