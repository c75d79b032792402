// Exponential backoff with jitter: the waits between the tries of one thing.
//
// Pure: nothing here waits or draws random numbers. `chance` is a random number of the caller.
#pragma once

#include <algorithm>
#include <cstdint>

namespace social::base {

// The first wait is `first`; each further one is twice as long, up to `longest`.
template <class Duration>
class Backoff {
public:
    // `failures`: the tries that failed before, for callers whose count lives elsewhere.
    constexpr Backoff(Duration first, Duration longest, std::uint32_t failures = 0) noexcept
        : first_(first), longest_(longest), next_(first) {
        for (; failures > 0 && next_ < longest_; --failures) {
            grow();
        }
    }

    // The wait after one more failure.
    [[nodiscard]] constexpr Duration next() noexcept {
        const Duration wait = next_;
        grow();
        return wait;
    }

    // After a success.
    constexpr void reset() noexcept { next_ = first_; }

private:
    constexpr void grow() noexcept { next_ = std::min(next_ * 2, longest_); }

    Duration first_;
    Duration longest_;
    Duration next_;
};

// Uniformly in [least, most]. Spreads callers that failed at the same moment (thundering herd).
template <class Duration>
[[nodiscard]] constexpr Duration jittered(Duration least, Duration most,
                                          std::uint32_t chance) noexcept {
    const auto choices = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + Duration(chance % choices);
}

}  // namespace social::base
