#include "shm/once_set.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace social::store {

namespace {

std::uint32_t word(const OnceKey& key, std::size_t number) noexcept {
    std::uint32_t value = 0;
    std::memcpy(&value, key.data() + number * sizeof(value), sizeof(value));
    return value;
}

std::size_t slot(std::uint32_t hash, std::size_t size) noexcept {
    return static_cast<std::size_t>((std::uint64_t{hash} * size) >> 32);
}

std::int64_t expiry(std::uint64_t place) noexcept {
    return static_cast<std::int64_t>(place & 0xffff'ffff);
}

std::uint32_t fingerprint(std::uint64_t place) noexcept {
    return static_cast<std::uint32_t>(place >> 32);
}

}  // namespace

void OnceSet::format() noexcept {
    std::ranges::fill(buckets_, Bucket{});
}

bool OnceSet::consume(const OnceKey& key, const Use& use) noexcept {
    constexpr std::int64_t kLatest = 0xffff'ffff;
    const std::uint32_t print = word(key, 2);
    std::uint64_t* place = nullptr;
    std::uint64_t* earliest = nullptr;  // in both buckets, the first to expire
    std::ptrdiff_t room = 0;            // free slots of the emptier bucket
    for (std::size_t choice = 0; choice < 2; ++choice) {
        auto& places = buckets_[slot(word(key, choice), buckets_.size())].places;
        std::ptrdiff_t free = 0;
        std::uint64_t* candidate = nullptr;
        for (std::size_t i = 0; i < kPlaces; ++i) {
            // Starts at a pseudorandom slot, so that values that expire together are evicted with
            // equal probability.
            std::uint64_t& each = places[(print + i) % kPlaces];
            if (expiry(each) <= use.now) {
                ++free;
                candidate = &each;
            } else if (fingerprint(each) == print) {
                return false;
            }
            if (earliest == nullptr || expiry(each) < expiry(*earliest)) {
                earliest = &each;
            }
        }
        if (free > room) {
            room = free;
            place = candidate;
        }
    }
    if (place == nullptr) {
        place = earliest;
    }
    const auto until =
        static_cast<std::uint64_t>(std::clamp<std::int64_t>(use.expires_at, 0, kLatest));
    std::atomic_ref(*place).store(std::uint64_t{print} << 32 | until, std::memory_order_relaxed);
    return true;
}

std::size_t OnceSet::used(std::int64_t now) const noexcept {
    std::size_t count = 0;
    for (const auto& bucket : buckets_) {
        count += static_cast<std::size_t>(std::ranges::count_if(
            bucket.places, [now](std::uint64_t place) { return expiry(place) > now; }));
    }
    return count;
}

}  // namespace social::store
