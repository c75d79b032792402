// The set of consumed one-time values, such as the ids of finished logins. A value may be in one of
// two buckets of eight slots (two-choice hashing). A slot has the value's fingerprint and expiry,
// in 8 bytes. Expired slots are reused, so the set needs no sweep. If both buckets are full, the
// value that expires first is evicted. A refusal would fail logins of other users.
//
// A false positive has a probability below 16 / 2^32 per value. It is harmless: the user starts the
// login again.
//
// The object is a view over shared memory; callers hold the zone's lock. Each change is one aligned
// 64-bit store, so a killed process leaves no partial change.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace social::store {

// seeded_digest() of the value.
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
        std::int64_t now;         // Unix seconds
        std::int64_t expires_at;  // Unix seconds, below 2^32
    };
    // Consumes the value. Returns false if it was consumed before and has not expired.
    [[nodiscard]] bool consume(const OnceKey& key, const Use& use) noexcept;

    [[nodiscard]] std::size_t capacity() const noexcept { return buckets_.size() * kPlaces; }

    // The number of unexpired values. Linear time.
    [[nodiscard]] std::size_t used(std::int64_t now) const noexcept;

private:
    std::span<Bucket> buckets_;
};

}  // namespace social::store
