// Quota counters in shared memory, each for a time window. They are exact under concurrency: at
// most `limit` requests pass for all processes together.
//
// The table has a fixed size and one lock per stripe. It needs neither the zone's lock nor a repair
// (see StripeLock). A counter is in the emptier of two stripes (Azar, Broder, Karlin and Upfal,
// 1999). The table is 90 % full before an insertion fails.
//
// A counter is not evicted before its window ends, since a new one would admit too many requests.
// It restarts after its window. It also restarts if a wrong system clock set an impossible end, so
// it cannot block forever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "shm/counter_stripe.hpp"

namespace social::store {

struct CountResult {
    enum class Verdict : std::uint8_t {
        admitted,
        over,  // the limit was reached
        full,  // no free counter: do not admit
    };
    Verdict verdict = Verdict::full;
    std::uint64_t count = 0;  // admitted in this window, including this one
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

    // Percentage of the capacity that is usable for any keys.
    static constexpr std::size_t kUsablePercent = 90;

    explicit SharedCounters(std::span<Stripe> stripes) noexcept : stripes_(stripes) {}
    void format() noexcept;

    // Sets this process's id, which saves a getpid() at each call.
    void set_process_id(std::uint32_t self) noexcept { self_ = self; }

    // `limit` uses until `ends_at`, in Unix seconds. Windows are at most a day long.
    struct Window {
        std::uint64_t limit;
        std::int64_t now;
        std::int64_t ends_at;
    };
    // Counters with a shared allowance, such as those of one site's users. At most `limit` of them
    // start in one window. `key` is the key of the group's counter.
    struct Group {
        CounterKey key;
        std::uint64_t limit;
    };

    // Counts a use, unless the limit is reached. A refused use is not counted. A new counter of a
    // group with an exhausted allowance is refused as `full`.
    [[nodiscard]] CountResult admit(const CounterKey& key, const Window& window,
                                    const Group* group = nullptr) noexcept;

    // The number of uses in the current window. `now` is in Unix seconds.
    [[nodiscard]] std::uint64_t count(const CounterKey& key, std::int64_t now) noexcept;

    [[nodiscard]] std::size_t capacity() const noexcept {
        return stripes_.size() * Stripe::kCounters;
    }

private:
    [[nodiscard]] Stripe& first_stripe(const CounterKey& key) const noexcept;
    [[nodiscard]] Stripe& second_stripe(const CounterKey& key) const noexcept;
    [[nodiscard]] std::uint32_t self() const noexcept;
    [[nodiscard]] CountResult begin(const CounterKey& key, const Window& window) noexcept;
    void give_back(const CounterKey& key) noexcept;

    std::span<Stripe> stripes_;
    std::uint32_t self_ = 0;
};

}  // namespace social::store
