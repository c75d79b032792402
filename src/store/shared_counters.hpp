// Counters that all processes share, each for a window of time: the uses of quotas. Exact under
// concurrency: never more than `limit` pass.
//
// A fixed table in shared memory, in stripes with a lock each, so it needs neither the zone's
// lock nor a repair (see StripeLock). A key has two stripes and its counter lies in the one
// that was emptier (Azar, Broder, Karlin and Upfal, 1999), so nine counters in ten are in use
// before one finds no place. No counter is dropped before its window is over: it would admit too
// much. A counter whose window is over, or whose window ends impossibly late because a clock was
// wrong, starts anew: none blocks for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "store/counter_stripe.hpp"

namespace social::store {

struct Admission {
    enum class Verdict : std::uint8_t {
        admitted,
        over,  // the limit was reached
        full,  // there is no counter left: nothing is known, so do not admit
    };
    Verdict verdict = Verdict::full;
    std::uint64_t count = 0;  // admitted in this window, with this one
    [[nodiscard]] bool admitted() const noexcept { return verdict == Verdict::admitted; }
};

class SharedCounters {
public:
    struct Counter {
        CounterKey key;
        std::uint64_t count;
        std::int64_t ends_at;  // Unix seconds; 0: free
    };
    using Stripe = CounterStripe<Counter>;

    // Of the table's capacity; so many counters find a place, whatever their keys.
    static constexpr std::size_t kUsablePercent = 90;

    explicit SharedCounters(std::span<Stripe> stripes) noexcept : stripes_(stripes) {}
    void format() noexcept;

    // Tells the id of the running process, to save asking the kernel at each call.
    void in_process(std::uint32_t self) noexcept { self_ = self; }

    // `limit` uses until `ends_at`. Windows are at most a day long.
    struct Window {
        std::uint64_t limit;
        std::int64_t now;
        std::int64_t ends_at;
    };
    // Counters that share an allowance, as those of one site's users do: at most `limit` of them
    // begin in one window. `key` is that of a counter of theirs.
    struct Group {
        CounterKey key;
        std::uint64_t limit;
    };

    // Counts one more in the window, unless `limit` were counted. A refused one is not counted.
    // A new counter of a group that has used up its allowance is refused as `full`.
    [[nodiscard]] Admission admit(const CounterKey& key, const Window& window,
                                  const Group* group = nullptr) noexcept;

    // How many were counted in the current window.
    [[nodiscard]] std::uint64_t count(const CounterKey& key, std::int64_t now) noexcept;

    [[nodiscard]] std::size_t capacity() const noexcept {
        return stripes_.size() * Stripe::kCounters;
    }

private:
    [[nodiscard]] Stripe& first_stripe(const CounterKey& key) const noexcept;
    [[nodiscard]] Stripe& second_stripe(const CounterKey& key) const noexcept;
    [[nodiscard]] std::uint32_t self() const noexcept;
    [[nodiscard]] Admission begin(const CounterKey& key, const Window& window) noexcept;
    void give_back(const CounterKey& key) noexcept;

    std::span<Stripe> stripes_;
    std::uint32_t self_ = 0;
};

}  // namespace social::store
