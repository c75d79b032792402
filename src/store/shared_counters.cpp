#include "store/shared_counters.hpp"

#include <unistd.h>

#include <algorithm>
#include <new>

#include "store/stripe_lock.hpp"

namespace social::store {

namespace {

using Counter = SharedCounters::Counter;
using Stripe = SharedCounters::Stripe;

// Ends of neighboring windows lie at most a day and a clock change apart. An end that is
// later than that came from a clock that was wrong.
constexpr std::int64_t kImpossiblyLate = 2 * 86400;  // seconds

struct Found {
    Counter* own = nullptr;    // the counter of the key
    Counter* free = nullptr;   // one without a window, or whose window is over
    Counter* first = nullptr;  // the one that ends first
};

// Begins where the key would lie, which finds most keys at the first look.
Found look(Stripe& stripe, const CounterKey& key, std::int64_t now) noexcept {
    Found found;
    const std::size_t start = key[1] % SharedCounters::kPerStripe;
    for (std::size_t i = 0; i < SharedCounters::kPerStripe; ++i) {
        Counter& counter = stripe.counters[(start + i) % SharedCounters::kPerStripe];
        if (counter.ends_at != 0 && counter.key == key) {
            found.own = &counter;
            return found;
        }
        if (counter.ends_at <= now && found.free == nullptr) {
            found.free = &counter;
        }
        if (found.first == nullptr || counter.ends_at < found.first->ends_at) {
            found.first = &counter;
        }
    }
    return found;
}

// The counter is free until the last store, should this process die in between.
void begin(Counter& counter, const CounterKey& key, std::int64_t ends_at) noexcept {
    std::atomic_ref(counter.ends_at).store(0, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    counter.key = key;
    counter.count = 1;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    std::atomic_ref(counter.ends_at).store(ends_at, std::memory_order_relaxed);
}

}  // namespace

void SharedCounters::format() noexcept {
    for (auto& each : stripes_) {
        new (&each) Stripe{};
    }
}

Stripe& SharedCounters::stripe(const CounterKey& key) const noexcept {
    return stripes_[key[0] % stripes_.size()];
}

std::uint32_t SharedCounters::self() const noexcept {
    return self_ != 0 ? self_ : static_cast<std::uint32_t>(::getpid());
}

Admission SharedCounters::admit(const CounterKey& key, const Window& window) noexcept {
    using Verdict = Admission::Verdict;
    if (window.limit == 0) {
        return {.verdict = Verdict::over, .count = 0};
    }
    // A counter that begins in a window that is over would never count.
    const std::int64_t ends_at = std::max(window.ends_at, window.now + 1);
    Stripe& home = stripe(key);
    const StripeLock lock(home.owner, self());
    const Found found = look(home, key, window.now);
    Counter* counter = found.own != nullptr ? found.own : found.free;
    if (counter == nullptr) {
        return {};
    }
    const bool current = found.own != nullptr && counter->ends_at > window.now &&
                         counter->ends_at - ends_at <= kImpossiblyLate;
    if (!current) {
        begin(*counter, key, ends_at);
        return {.verdict = Verdict::admitted, .count = 1};
    }
    if (counter->count >= window.limit) {
        return {.verdict = Verdict::over, .count = counter->count};
    }
    // A worker whose clock lags still asks for the window before: it counts in the later one.
    counter->ends_at = std::max(counter->ends_at, ends_at);
    return {.verdict = Verdict::admitted, .count = ++counter->count};
}

Attempt SharedCounters::attempt(const CounterKey& key, const Rate& rate) noexcept {
    Stripe& home = stripe(key);
    const StripeLock lock(home.owner, self());
    const Found found = look(home, key, rate.now);
    Counter* counter = found.own;
    const std::int64_t ends_at = rate.now + std::max<std::int64_t>(rate.period, 1);
    if (counter != nullptr && counter->ends_at > rate.now) {
        // A clock that was set back must not make anybody wait longer than one period.
        counter->ends_at = std::min(counter->ends_at, ends_at);
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
        counter = found.free != nullptr ? found.free : found.first;
    }
    begin(*counter, key, ends_at);
    return {.allowed = true, .retry_after = 0};
}

void SharedCounters::take_back(const CounterKey& key) noexcept {
    Stripe& home = stripe(key);
    const StripeLock lock(home.owner, self());
    // A counter that was forgotten in the meantime has nothing to give back.
    if (Counter* counter = look(home, key, 0).own; counter != nullptr && counter->count > 0) {
        --counter->count;
    }
}

std::uint64_t SharedCounters::count(const CounterKey& key, std::int64_t now) noexcept {
    Stripe& home = stripe(key);
    const StripeLock lock(home.owner, self());
    const Counter* counter = look(home, key, now).own;
    return counter != nullptr && counter->ends_at > now ? counter->count : 0;
}

void SharedCounters::forget(const CounterKey& key) noexcept {
    Stripe& home = stripe(key);
    const StripeLock lock(home.owner, self());
    if (Counter* counter = look(home, key, 0).own; counter != nullptr) {
        counter->ends_at = 0;
    }
}

}  // namespace social::store
