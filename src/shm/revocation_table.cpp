#include "shm/revocation_table.hpp"

#include <algorithm>
#include <atomic>

namespace social::store {

void RevocationTable::format() noexcept {
    std::ranges::fill(buckets_, Bucket{});
}

// Owners are digests, so their low bits are uniformly distributed.
RevocationTable::Bucket& RevocationTable::bucket(std::uint64_t owner) const noexcept {
    return buckets_[owner % buckets_.size()];
}

RevocationTable::Slot* RevocationTable::find(std::uint64_t owner,
                                             std::uint64_t now) const noexcept {
    for (Slot& entry : bucket(owner).entries) {
        if (entry.ends_at != 0 && entry.owner == owner) {
            return entry.ends_at + kRetention > now ? &entry : nullptr;
        }
    }
    return nullptr;
}

// The entry is free until the last store, in case the process is killed in between.
void RevocationTable::put(const Claim& claim) noexcept {
    auto& entries = bucket(claim.owner).entries;
    auto entry = std::ranges::find_if(entries, [&claim](const Slot& other) {
        return other.ends_at != 0 && other.owner == claim.owner;
    });
    if (entry == entries.end()) {
        entry = std::ranges::min_element(entries, {}, &Slot::ends_at);
    }
    entry->ends_at = 0;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    entry->owner = claim.owner;
    entry->holder = claim.holder;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    entry->ends_at = claim.ends_at;
}

bool RevocationTable::begin(const Claim& claim) noexcept {
    const Slot* existing = find(claim.owner, claim.now);
    if (existing != nullptr && existing->holder != 0 && existing->holder != claim.holder) {
        return false;
    }
    put(claim);
    return true;
}

void RevocationTable::end(const Claim& claim) noexcept {
    Slot* existing = find(claim.owner, claim.now);
    if (existing != nullptr && existing->holder == claim.holder) {
        existing->ends_at = claim.ends_at;
    }
}

bool RevocationTable::admit(const Joining& joining) noexcept {
    Slot* existing = find(joining.owner, joining.now);
    if (existing == nullptr) {
        return true;
    }
    if (joining.issued_at < existing->ends_at) {
        return false;
    }
    existing->holder = 0;
    return true;
}

}  // namespace social::store
