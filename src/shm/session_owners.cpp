// SessionTable: the sessions of one owner. Several owners share a bucket of the index.
#include "shm/session_table.hpp"

namespace social::store {

bool SessionTable::has_owner(std::uint64_t owner, std::int64_t now) noexcept {
    if (owner == 0) {
        return false;
    }
    const auto ring = index_.owner_ring(owner);
    const Index first = ring.first();
    Index entry = first;
    for (Index steps = 0; entry != kNone; ++steps) {
        if (!index_.pool().contains(entry) || steps >= index_.capacity()) {
            index_.mark_corrupt();
            return true;  // better keep a grant than revoke one in use
        }
        if (index_[entry].owner == owner && index_[entry].expires_at > now) {
            return true;
        }
        entry = ring.after(entry) == first ? kNone : ring.after(entry);
    }
    return false;
}

std::uint64_t SessionTable::owner_of(const session::StoreKey& key, std::int64_t now) noexcept {
    const Index entry = find_live(key, now);
    return entry == kNone ? 0 : index_[entry].owner;
}

std::uint64_t SessionTable::remove_owner(std::uint64_t owner, std::int64_t now,
                                         std::span<session::StoreKey> out) noexcept {
    if (owner == 0) {
        return 0;
    }
    const Change change(index_.state());
    const auto ring = index_.owner_ring(owner);
    const Index last = ring.last();
    Index entry = ring.first();
    std::uint64_t removed = 0;
    for (Index steps = 0; entry != kNone && (out.empty() || removed < out.size()); ++steps) {
        if (!index_.pool().contains(entry) || steps >= index_.capacity()) {
            index_.mark_corrupt();
            break;
        }
        const Index next = ring.after(entry);
        if (index_[entry].owner == owner) {
            const bool live = index_[entry].expires_at > now;
            if (live && !out.empty()) {
                out[removed] = index_[entry].key;
            }
            ++(live ? removed : index_.state().expired);
            if (!index_.drop(entry)) {
                index_.mark_corrupt();
                break;
            }
        }
        entry = entry == last ? kNone : next;
    }
    return removed;
}

}  // namespace social::store
