// The memory of a session table and its indexes: by key, owner, last use, expiry and refresh time.
// SessionTable decides about evictions and holds the lock. This class keeps the indexes consistent
// and rebuilds them after corruption.
//
// The object is a view over shared memory. Functions that return bool return false on corruption;
// the caller then calls mark_corrupt(). All loops are bounded until the repair.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/keyed_hash.hpp"
#include "flow/session_store.hpp"
#include "shm/block_pool.hpp"
#include "shm/deadline_heap.hpp"
#include "shm/entry_ring.hpp"
#include "shm/table_entry.hpp"

namespace social::store {

// In shared memory.
struct TableState {
    std::atomic<std::uint32_t> changing;  // set while indexes are inconsistent
    std::atomic<std::uint32_t> damaged;   // set after an invalid index was found
    PoolState pool;
    Index sessions;
    Index latest_use;
    Index expiring;  // elements in the heaps
    Index refreshing;
    base::KeyedSpread owner_spread;
    std::uint64_t evicted;
    std::uint64_t expired;
    std::uint64_t repaired;
    std::uint64_t lost;
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

// Sets `changing` while the indexes are inconsistent. The fences prevent the compiler from moving
// stores out of the scope. The processor needs no fence: the next process acquires the lock after
// the last store of a killed one.
class Change {
public:
    explicit Change(TableState& state) noexcept : state_(state) {
        state_.changing.store(1, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;
    ~Change() {
        std::atomic_signal_fence(std::memory_order_seq_cst);
        state_.changing.store(0, std::memory_order_relaxed);
    }

private:
    TableState& state_;
};

class SessionIndex {
public:
    using OwnerRing = EntryRing<&TableEntry::same_owner>;

    explicit SessionIndex(std::span<std::byte> memory) noexcept;
    // Throws like base::fill_random(), but then changes nothing.
    void format();
    // Marks the indexes as corrupt, so that the next recover() rebuilds them.
    void mark_corrupt() noexcept { state().damaged.store(1, std::memory_order_relaxed); }
    // True if no change was interrupted and no corruption was found.
    [[nodiscard]] bool is_consistent() const noexcept;
    // Rebuilds all indexes from the complete entries. The order of use is lost.
    void repair() noexcept;

    [[nodiscard]] TableState& state() const noexcept { return *parts_.state; }
    [[nodiscard]] BlockPool& pool() noexcept { return pool_; }
    [[nodiscard]] const BlockPool& pool() const noexcept { return pool_; }
    [[nodiscard]] TableEntry& operator[](Index entry) const noexcept { return entries_[entry]; }
    [[nodiscard]] std::size_t capacity() const noexcept { return parts_.expiry.size(); }

    // Functions that return an Index return kNone if there is no such entry.
    [[nodiscard]] Index find(const session::StoreKey& key) noexcept;
    [[nodiscard]] Index least_used() noexcept { return uses().last(); }
    // The entry that was used next after `entry`. kNone: `entry` was used last.
    [[nodiscard]] Index used_after(Index entry) noexcept { return uses().before(entry); }
    [[nodiscard]] Index first_to_expire() noexcept { return expiries().earliest(); }
    [[nodiscard]] Index first_to_refresh() noexcept { return refreshes().earliest(); }
    [[nodiscard]] OwnerRing owner_ring(std::uint64_t owner) noexcept;

    // Precondition of these three: a Change exists. add() also needs free blocks and a new key. In
    // the order of use, the session is directly older than `used_after`. kNone: it was used last.
    [[nodiscard]] bool add(const flow::StoredSession& session, Index used_after) noexcept;
    [[nodiscard]] bool drop(Index entry) noexcept;
    [[nodiscard]] bool refresh_later(Index entry, std::int64_t refresh_at) noexcept;

    [[nodiscard]] bool make_latest_used(Index entry) noexcept;

private:
    struct Parts {
        TableState* state;
        std::span<Index> by_key;        // list heads
        std::span<Index> by_owner;      // list heads
        std::span<Index> expiry;        // heap
        std::span<Index> refresh;       // heap
        std::span<std::uint64_t> live;  // a bit per block: set for a complete entry
        std::span<std::uint64_t> seen;  // scratch memory of repair()
        std::span<Block> blocks;
    };
    using BucketRing = EntryRing<&TableEntry::same_bucket>;
    using UseRing = EntryRing<&TableEntry::use>;
    using ExpiryHeap = DeadlineHeap<&TableEntry::expires_at, &TableEntry::expiry_place>;
    using RefreshHeap = DeadlineHeap<&TableEntry::refresh_at, &TableEntry::refresh_place>;

    [[nodiscard]] static Parts carve(std::span<std::byte> memory) noexcept;
    [[nodiscard]] BucketRing bucket(const session::StoreKey& key) noexcept;
    [[nodiscard]] UseRing uses() noexcept { return {entries_, state().latest_use}; }
    [[nodiscard]] ExpiryHeap expiries() noexcept;
    [[nodiscard]] RefreshHeap refreshes() noexcept;

    void clear_lists() noexcept;
    [[nodiscard]] bool link(Index entry, Index used_after) noexcept;
    [[nodiscard]] bool claim(Index entry) noexcept;

    Parts parts_;
    BlockPool pool_;
    TableEntries entries_;
};

}  // namespace social::store
