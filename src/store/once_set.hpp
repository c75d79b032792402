// Values that may be used once, until they expire anyway: the ids of logins that
// were finished. A value has two buckets of eight places, 8 bytes a place: its fingerprint
// and its expiry. What is not there was not used; expired places are reused as
// they are met, so the set needs no sweep. When both buckets are full, the value that expires
// first makes room: a set that refused would refuse the logins of everybody else.
//
// Two different values are taken for one with a probability below 16 / 2^32 per
// try, and only in the safe direction: a login must then be started again.
//
// A view over shared memory, under the zone's lock. Each change is one aligned
// 64-bit store, so a process that is killed leaves nothing half done.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace social::store {

// The first bytes of a SHA-256 of the value.
using OnceKey = std::array<std::uint8_t, 16>;

class OnceSet {
public:
    static constexpr std::size_t kPlaces = 8;  // per bucket
    struct alignas(64) Bucket {
        std::array<std::uint64_t, kPlaces> places;  // fingerprint and expiry; 0: free
    };

    explicit OnceSet(std::span<Bucket> buckets) noexcept : buckets_(buckets) {}
    void format() noexcept;

    struct Use {
        std::int64_t now;
        std::int64_t expires_at;  // Unix seconds, below 2^32
    };
    // True unless the value is in the set and unexpired.
    [[nodiscard]] bool spend(const OnceKey& key, const Use& use) noexcept;

    [[nodiscard]] std::size_t capacity() const noexcept { return buckets_.size() * kPlaces; }

    // Walks all places; for the status page.
    [[nodiscard]] std::size_t used(std::int64_t now) const noexcept;

private:
    std::span<Bucket> buckets_;
};

}  // namespace social::store
