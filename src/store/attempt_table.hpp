// Attempts that all processes count together: guesses per address and per user. At most `limit`
// pass in a period, exactly so under concurrency.
//
// A fixed table in shared memory, in stripes with a lock each, so it needs neither the zone's
// lock nor a repair (see StripeLock). A counter that is back at zero is free. In a full stripe a
// new counter replaces the one with the most attempts left: whoever makes many counters loses
// those. A counter at its limit is never replaced before its period is over; where all of a stripe
// are, the attempt is refused. Keys are seeded, so nobody can choose who shares a stripe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "store/counter_stripe.hpp"

namespace social::store {

struct Attempt {
    bool allowed = false;
    std::int64_t retry_after = 0;  // seconds until attempts are allowed again, if not now
};

class AttemptTable {
public:
    struct Counter {
        CounterKey key;
        std::uint32_t count;
        std::uint32_t limit;
        std::int64_t ends_at;  // Unix seconds; 0: free
    };
    using Stripe = CounterStripe<Counter>;

    explicit AttemptTable(std::span<Stripe> stripes) noexcept : stripes_(stripes) {}
    void format() noexcept;

    // Tells the id of the running process, to save asking the kernel at each call.
    void in_process(std::uint32_t self) noexcept { self_ = self; }

    // At most `limit` attempts in `period` seconds, which begin with the first of them.
    struct Rate {
        std::uint32_t limit;
        std::int64_t now;  // Unix seconds
        std::int64_t period;
    };
    [[nodiscard]] Attempt attempt(const CounterKey& key, const Rate& rate) noexcept;

    // One attempt less, as after one that succeeded. The last one frees the counter.
    void take_back(const CounterKey& key) noexcept;

    // How many were counted in the current period.
    [[nodiscard]] std::uint64_t count(const CounterKey& key, std::int64_t now) noexcept;

    // Frees the counter, as after a login that succeeded.
    void forget(const CounterKey& key) noexcept;

    [[nodiscard]] std::size_t capacity() const noexcept {
        return stripes_.size() * Stripe::kCounters;
    }

private:
    [[nodiscard]] Stripe& stripe(const CounterKey& key) const noexcept;
    [[nodiscard]] std::uint32_t self() const noexcept;

    std::span<Stripe> stripes_;
    std::uint32_t self_ = 0;
};

}  // namespace social::store
