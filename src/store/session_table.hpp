// All sessions of one gateway in one piece of memory: found by key in constant
// time, and removed by owner, after their time, or, when the memory is full, the
// least recently used first. Only readers use a session: peek() and replace(), the steps of a
// background refresh, keep its place in that order.
//
// A view, made by each process over the same shared memory. Whoever calls holds
// the zone's lock and has called recover() after taking it. A process that is
// killed while it holds the lock leaves a mark, and recover() then rebuilds the
// lists: lost are at worst the session that was being written, and the order of use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "flow/refresh_queue.hpp"
#include "flow/session_store.hpp"
#include "store/session_index.hpp"

namespace social::store {

struct TableStatistics {
    std::uint64_t sessions = 0;
    std::uint64_t evicted = 0;   // live ones that made room for others, since start
    std::uint64_t expired = 0;   // removed after their time, since start
    std::uint64_t repaired = 0;  // how often the lists were rebuilt
    std::uint64_t lost = 0;      // sessions that a repair could not keep
    std::uint64_t bytes_used = 0;
    std::uint64_t bytes_total = 0;
};

using flow::DueSession;

enum class Saved : std::uint8_t {
    stored,
    outdated,   // replace() only: gone, or of another generation
    too_large,  // for the whole table
};

class SessionTable {
public:
    static constexpr std::size_t kMinMemory = 16384;

    // `memory` has at least kMinMemory bytes; its first user calls format(), once.
    explicit SessionTable(std::span<std::byte> memory) noexcept : index_(memory) {}
    void format() { index_.format(); }

    // True when a repair was due, and done.
    bool recover() noexcept;

    // Fills `out`, and makes the session the latest used; false when there is none
    // that has not expired. Throws std::bad_alloc only, and before it changes anything.
    [[nodiscard]] bool load(const session::StoreKey& key, std::int64_t now, std::string& out);

    // The same, and the session keeps its place in the order of use.
    [[nodiscard]] bool peek(const session::StoreKey& key, std::int64_t now, std::string& out);

    // As load(), for the first bytes alone, as many as `head` has; false for a shorter value, too.
    [[nodiscard]] bool load_head(const session::StoreKey& key, std::int64_t now,
                                 std::span<char> head) noexcept;

    // Creates or overwrites. Expired sessions, then the least recently used, make room. too_large
    // also where the session could not grow by StoredSession::may_grow_by.
    [[nodiscard]] Saved save(const flow::StoredSession& session, std::int64_t now) noexcept;

    // Overwrites only a live session whose generation is `expected`. It keeps its place in the
    // order of use.
    struct Condition {
        std::uint64_t expected;
        std::int64_t now;
    };
    [[nodiscard]] Saved replace(const flow::StoredSession& session,
                                const Condition& condition) noexcept;

    // Removes only a live session whose generation is `expected`; whether it did.
    bool remove_unchanged(const session::StoreKey& key, const Condition& condition) noexcept;

    // Whether there was one that had not expired.
    bool remove(const session::StoreKey& key, std::int64_t now) noexcept;

    // The same, and `out` is filled with what was removed. Throws std::bad_alloc only, and before
    // it changes anything.
    [[nodiscard]] bool take(const session::StoreKey& key, std::int64_t now, std::string& out);

    // The owner of a session that has not expired; 0 for none.
    [[nodiscard]] std::uint64_t owner_of(const session::StoreKey& key, std::int64_t now) noexcept;

    // Whether a session of the owner has not expired. `owner` 0 is nobody's.
    [[nodiscard]] bool has_owner(std::uint64_t owner, std::int64_t now) noexcept;

    // How many there were that had not expired; with `out` at most as many as it holds, whose keys
    // it gets. `owner` 0 is nobody's.
    std::uint64_t remove_owner(std::uint64_t owner, std::int64_t now,
                               std::span<session::StoreKey> out = {}) noexcept;

    // Removes at most `limit` sessions that have expired; how many it removed.
    std::uint64_t sweep(std::int64_t now, std::uint64_t limit) noexcept;

    // The sessions whose refresh_at has come, the most urgent first; how many of `out`
    // were filled. Each is put off until `again_at`, so that no other worker takes it
    // meanwhile, and one that cannot be refreshed does not come back at once.
    // Costs O(log n) per session that is due, and nothing for all others.
    struct DueQuery {
        std::int64_t now;
        std::int64_t again_at;
    };
    [[nodiscard]] std::size_t take_due(const DueQuery& query, std::span<DueSession> out) noexcept;

    [[nodiscard]] TableStatistics statistics() const noexcept;
    [[nodiscard]] std::uint64_t evicted() const noexcept { return index_.state().evicted; }

private:
    [[nodiscard]] Index find_live(const session::StoreKey& key, std::int64_t now) noexcept;
    [[nodiscard]] bool read(Index entry, std::string& out);
    [[nodiscard]] bool fits(std::size_t bytes) const noexcept;
    [[nodiscard]] bool put(const flow::StoredSession& session, std::int64_t now) noexcept;
    [[nodiscard]] bool put_in_place(Index entry, const flow::StoredSession& session,
                                    std::int64_t now) noexcept;
    // `spared` is not evicted; kNone: room for one entry more.
    struct Room {
        Index blocks;
        Index spared;
    };
    [[nodiscard]] bool make_room(Room room, std::int64_t now) noexcept;
    [[nodiscard]] bool drop_expired(std::int64_t now, std::uint64_t limit) noexcept;

    SessionIndex index_;
};

}  // namespace social::store
