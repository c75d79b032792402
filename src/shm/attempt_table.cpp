#include "shm/attempt_table.hpp"

#include <unistd.h>

#include <algorithm>
#include <new>

#include "shm/stripe_lock.hpp"

namespace social::store {

namespace {

using Counter = AttemptTable::Counter;
using Stripe = AttemptTable::Stripe;

std::uint32_t attempts_left(const Counter& counter) noexcept {
    return counter.limit - std::min(counter.count, counter.limit);
}

// The counter to evict from a full stripe: the one with the most attempts left, then with the
// earliest end. nullptr: all counters are at their limit.
Counter* eviction_candidate(Stripe& stripe) noexcept {
    Counter* found = &stripe.counters.front();
    for (Counter& counter : stripe.counters) {
        const std::uint32_t left = attempts_left(counter);
        const std::uint32_t most = attempts_left(*found);
        if (left > most || (left == most && counter.ends_at < found->ends_at)) {
            found = &counter;
        }
    }
    return attempts_left(*found) == 0 ? nullptr : found;
}

std::int64_t earliest_end(const Stripe& stripe) noexcept {
    return std::ranges::min(stripe.counters, {}, &Counter::ends_at).ends_at;
}

}  // namespace

void AttemptTable::format() noexcept {
    for (auto& each : stripes_) {
        new (&each) Stripe{};
    }
}

Stripe& AttemptTable::stripe(const CounterKey& key) const noexcept {
    return stripes_[key[0] % stripes_.size()];
}

std::uint32_t AttemptTable::self() const noexcept {
    return self_ != 0 ? self_ : static_cast<std::uint32_t>(::getpid());
}

AttemptLimit AttemptTable::attempt(const CounterKey& key, const Rate& rate) noexcept {
    Stripe& home = stripe(key);
    const StripeLock lock(home.owner, self());
    Counter* counter = home.find(key);
    const std::int64_t ends_at = rate.now + std::max<std::int64_t>(rate.period, 1);
    if (counter != nullptr && counter->ends_at > rate.now) {
        // After the clock was set back, a client still waits for at most one period.
        counter->ends_at = std::min(counter->ends_at, ends_at);
        counter->limit = rate.limit;
        if (counter->count >= rate.limit) {
            return {.allowed = false, .retry_after = counter->ends_at - rate.now};
        }
        ++counter->count;
        return {.allowed = true, .retry_after = 0};
    }
    if (rate.limit == 0) {
        return {.allowed = false, .retry_after = ends_at - rate.now};
    }
    if (counter == nullptr) {
        counter = home.find_free(key, rate.now);
    }
    if (counter == nullptr) {
        counter = eviction_candidate(home);
    }
    if (counter == nullptr) {
        return {.allowed = false, .retry_after = std::min(earliest_end(home), ends_at) - rate.now};
    }
    Stripe::begin(*counter, {.key = key, .count = 1, .limit = rate.limit, .ends_at = ends_at});
    return {.allowed = true, .retry_after = 0};
}

void AttemptTable::refund(const CounterKey& key) noexcept {
    Stripe& home = stripe(key);
    const StripeLock lock(home.owner, self());
    // An evicted counter has nothing to refund.
    Counter* counter = home.find(key);
    if (counter == nullptr) {
        return;
    }
    if (counter->count > 1) {
        --counter->count;
    } else {
        Stripe::end(*counter);
    }
}

std::uint64_t AttemptTable::count(const CounterKey& key, std::int64_t now) noexcept {
    Stripe& home = stripe(key);
    const StripeLock lock(home.owner, self());
    const Counter* counter = home.find(key);
    return counter != nullptr && counter->ends_at > now ? counter->count : 0;
}

void AttemptTable::forget(const CounterKey& key) noexcept {
    Stripe& home = stripe(key);
    const StripeLock lock(home.owner, self());
    if (Counter* counter = home.find(key); counter != nullptr) {
        Stripe::end(*counter);
    }
}

}  // namespace social::store
