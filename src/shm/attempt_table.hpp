// A rate limiter in shared memory for login attempts per address and per user. At most `limit`
// attempts pass in a period, exactly, for all processes together.
//
// The table has a fixed size and one lock per stripe. It needs neither the zone's lock nor a repair
// (see StripeLock). Eviction in a full stripe:
// 1. A new counter replaces the one with the most attempts left, so a client that creates many
//    counters evicts those.
// 2. A counter at its limit is not evicted before its period ends.
// 3. If all counters are at their limit, the attempt is refused.
//
// Keys are seeded, so a client cannot choose the stripe of a counter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "shm/counter_stripe.hpp"

namespace social::store {

struct AttemptLimit {
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

    // Sets this process's id, which saves a getpid() at each call.
    void set_process_id(std::uint32_t self) noexcept { self_ = self; }

    // At most `limit` attempts in a fixed window of `period` seconds, which the first one starts.
    struct Rate {
        std::uint32_t limit;
        std::int64_t now;     // Unix seconds
        std::int64_t period;  // seconds
    };
    [[nodiscard]] AttemptLimit attempt(const CounterKey& key, const Rate& rate) noexcept;

    // Refunds one attempt, for example after a success. At zero the counter is free.
    void refund(const CounterKey& key) noexcept;

    // The number of attempts in the current period. `now` is in Unix seconds.
    [[nodiscard]] std::uint64_t count(const CounterKey& key, std::int64_t now) noexcept;

    // Resets the counter, for example after a successful login.
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
