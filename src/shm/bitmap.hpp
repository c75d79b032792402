// One bit per block of the pool, in shared memory. The object is a view; callers hold the zone's
// lock.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace social::store {

class Bitmap {
public:
    explicit Bitmap(std::span<std::uint64_t> words) noexcept : words_(words) {}

    [[nodiscard]] static std::size_t words_for(std::size_t bits) noexcept {
        return (bits + 63) / 64;
    }

    void clear() noexcept { std::ranges::fill(words_, 0); }
    void set(std::size_t bit) noexcept { words_[bit / 64] |= mask(bit); }
    void reset(std::size_t bit) noexcept { words_[bit / 64] &= ~mask(bit); }
    [[nodiscard]] bool test(std::size_t bit) const noexcept {
        return (words_[bit / 64] & mask(bit)) != 0;
    }

private:
    [[nodiscard]] static std::uint64_t mask(std::size_t bit) noexcept {
        return std::uint64_t{1} << (bit % 64);
    }

    std::span<std::uint64_t> words_;
};

}  // namespace social::store
