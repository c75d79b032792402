// SessionIndex::repair(), after a process was killed during a change. It relies on the bitmap of
// live entries. A bit is set after the entry and its value are written. It is cleared before their
// blocks are released.
#include "shm/bitmap.hpp"
#include "shm/session_index.hpp"

namespace social::store {

// Validates the chain of `entry`: its length and its last block. No claimed chain may share a block
// with it. If it is valid, its blocks are marked as claimed.
bool SessionIndex::claim(Index entry) noexcept {
    Bitmap seen(parts_.seen);
    const Index count = 1 + BlockPool::blocks_for(entries_[entry].size);
    if (count > pool_.fresh()) {
        return false;
    }
    Index block = entry;
    for (Index i = 0; i < count; ++i) {
        if (!pool_.contains(block) || block >= pool_.fresh()) {
            return false;
        }
        if (i + 1 == count && entries_[entry].last != block) {
            return false;
        }
        block = pool_.next(block);
    }
    block = entry;
    for (Index i = 0; i < count; ++i) {
        if (seen.test(block)) {  // a cycle, or a block of another chain
            for (block = entry; i > 0; --i) {
                seen.reset(block);
                block = pool_.next(block);
            }
            return false;
        }
        seen.set(block);
        block = pool_.next(block);
    }
    return true;
}

void SessionIndex::repair() noexcept {
    Bitmap live(parts_.live);
    Bitmap seen(parts_.seen);
    const Index before = state().sessions;
    const Index fresh = pool_.fresh();
    state().changing.store(1, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    seen.clear();
    clear_lists();

    for (Index entry = 0; entry < fresh; ++entry) {
        if (live.test(entry) && !claim(entry)) {
            live.reset(entry);
        }
    }
    state().pool = PoolState{.recycled = kNone, .recycled_count = 0, .fresh = fresh};
    for (Index block = 0; block < fresh; ++block) {
        if (!seen.test(block)) {
            pool_.reclaim(block);
        }
    }
    bool linked = true;
    for (Index entry = 0; entry < fresh; ++entry) {
        linked = linked && (!live.test(entry) || link(entry, kNone));
    }
    if (!linked) {  // more live bits than possible sessions: the bitmap is corrupt
        live.clear();
        pool_.format();
        clear_lists();
    }
    ++state().repaired;
    state().lost += before > state().sessions ? before - state().sessions : 0;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    state().damaged.store(0, std::memory_order_relaxed);
    state().changing.store(0, std::memory_order_relaxed);
}

}  // namespace social::store
