#include "shm/lease_table.hpp"

#include <algorithm>
#include <atomic>

namespace social::store {

namespace {

std::size_t slot(std::uint64_t hash, std::size_t size) noexcept {
    return static_cast<std::size_t>(hash % size);
}

}  // namespace

void LeaseTable::format() noexcept {
    std::ranges::fill(buckets_, Bucket{});
}

bool LeaseTable::claim(const LeaseKey& key, const Claim& claim) noexcept {
    if (Slot* existing = find(key); existing != nullptr) {
        if (existing->holder != claim.holder && existing->ends_at > claim.now) {
            return false;
        }
        existing->holder = claim.holder;
        existing->ends_at = claim.ends_at;
        return true;
    }
    Slot* place = room_for(key, claim.now);
    if (place == nullptr) {
        return false;
    }
    // The slot is free until the last store, in case the process is killed in between.
    place->ends_at = 0;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    place->key = key;
    place->holder = claim.holder;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    place->ends_at = claim.ends_at;
    return true;
}

void LeaseTable::release(const LeaseKey& key, std::uint64_t holder) noexcept {
    if (Slot* existing = find(key); existing != nullptr && existing->holder == holder) {
        existing->ends_at = 0;
    }
}

LeaseTable::Slot* LeaseTable::find(const LeaseKey& key) noexcept {
    for (const std::uint64_t hash : key) {
        for (Slot& place : buckets_[slot(hash, buckets_.size())].slots) {
            if (place.ends_at != 0 && place.key == key) {
                return &place;
            }
        }
    }
    return nullptr;
}

LeaseTable::Slot* LeaseTable::room_for(const LeaseKey& key, std::uint64_t now) noexcept {
    for (const std::uint64_t hash : key) {
        for (Slot& place : buckets_[slot(hash, buckets_.size())].slots) {
            if (place.ends_at <= now) {
                return &place;
            }
        }
    }
    return nullptr;
}

}  // namespace social::store
