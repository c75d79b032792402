// SessionIndex::repair(). What can be trusted after a process died in the middle of
// a change: the bit of a live entry is set after the entry and its value are
// written, and cleared before anything of it is given back.
#include "store/bitmap.hpp"
#include "store/session_index.hpp"

namespace social::store {

// True when the chain of `entry` has the length that it should, ends where it should, and shares
// no block with an entry that was claimed before. Its blocks are then claimed.
bool SessionIndex::claim(Index entry) noexcept {
    Bitmap seen(parts_.seen);
    const Index count = 1 + BlockPool::blocks_for(entries_[entry].size);
    if (count > pool_.fresh()) {
        return false;
    }
    Index block = entry;
    for (Index i = 0; i < count; ++i) {
        if (!pool_.contains(block) || block >= pool_.fresh() || seen.test(block)) {
            return false;
        }
        if (i + 1 == count && entries_[entry].last != block) {
            return false;
        }
        block = pool_.next(block);
    }
    block = entry;
    for (Index i = 0; i < count; ++i) {
        if (seen.test(block)) {  // the chain bites its own tail
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
    if (!linked) {  // more live bits than there can be sessions: nothing here is to be trusted
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
