// Leases that all processes share: who has one, and until when. A name has two buckets of
// eight places, 32 bytes a place; a place whose time is over is free, so the table needs
// no sweep, and nobody has to clean up after a process that was killed.
//
// A view over shared memory, under the zone's lock. Time is the monotonic clock in
// milliseconds, which all processes of one machine share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace social::store {

// The first bytes of a SHA-256 of the name.
using LeaseKey = std::array<std::uint64_t, 2>;

class LeaseTable {
public:
    struct Place {
        LeaseKey key;
        std::uint64_t holder;
        std::uint64_t ends_at;  // 0: free
    };
    static constexpr std::size_t kPlaces = 8;  // per bucket
    struct alignas(64) Bucket {
        std::array<Place, kPlaces> places;
    };

    explicit LeaseTable(std::span<Bucket> buckets) noexcept : buckets_(buckets) {}
    void format() noexcept;

    struct Claim {
        std::uint64_t holder;
        std::uint64_t now;
        std::uint64_t ends_at;
    };
    // Whether the holder has it now. A table without room is as if somebody else had it.
    [[nodiscard]] bool claim(const LeaseKey& key, const Claim& claim) noexcept;

    // Nothing happens where somebody else has it.
    void release(const LeaseKey& key, std::uint64_t holder) noexcept;

    [[nodiscard]] std::size_t capacity() const noexcept { return buckets_.size() * kPlaces; }

private:
    [[nodiscard]] Place* find(const LeaseKey& key) noexcept;
    [[nodiscard]] Place* room_for(const LeaseKey& key, std::uint64_t now) noexcept;

    std::span<Bucket> buckets_;
};

}  // namespace social::store
