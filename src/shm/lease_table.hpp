// Leases in shared memory: the holder and the expiry of each. A name may be in one of two buckets
// of eight slots. Expired slots are free. So the table needs no sweep, also after a process was
// killed.
//
// The object is a view; callers hold the zone's lock. Times are milliseconds of the monotonic
// clock, which all processes of one machine share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace social::store {

// seeded_digest() of the name.
using LeaseKey = std::array<std::uint64_t, 2>;

class LeaseTable {
public:
    struct Slot {
        LeaseKey key;
        std::uint64_t holder;
        std::uint64_t ends_at;  // 0: free
    };
    static constexpr std::size_t kSlots = 8;  // per bucket
    struct alignas(64) Bucket {
        std::array<Slot, kSlots> slots;
    };

    explicit LeaseTable(std::span<Bucket> buckets) noexcept : buckets_(buckets) {}
    void format() noexcept;

    struct Claim {
        std::uint64_t holder;
        std::uint64_t now;
        std::uint64_t ends_at;
    };
    // Acquires or extends the lease. Returns false if another holder has it, or if both buckets are
    // full.
    [[nodiscard]] bool claim(const LeaseKey& key, const Claim& claim) noexcept;

    // No effect if another holder has the lease.
    void release(const LeaseKey& key, std::uint64_t holder) noexcept;

    [[nodiscard]] std::size_t capacity() const noexcept { return buckets_.size() * kSlots; }

private:
    [[nodiscard]] Slot* find(const LeaseKey& key) noexcept;
    [[nodiscard]] Slot* room_for(const LeaseKey& key, std::uint64_t now) noexcept;

    std::span<Bucket> buckets_;
};

}  // namespace social::store
