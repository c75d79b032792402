#include "shm/shared_counters.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <utility>

#include "shm/stripe_lock.hpp"

namespace social::store {

namespace {

using Counter = SharedCounters::Counter;
using Stripe = SharedCounters::Stripe;
using Window = SharedCounters::Window;
using Verdict = CountResult::Verdict;

// The ends of consecutive windows are at most a day and a clock change apart. A later end comes
// from a wrong system clock.
constexpr std::int64_t kImpossiblyLate = 2 * 86400;  // seconds

// At least one second from now: a counter of a closed window would never count.
std::int64_t end_of(const Window& window) noexcept {
    return std::max(window.ends_at, window.now + 1);
}

bool is_current(const Counter& counter, const Window& window) noexcept {
    return counter.ends_at > window.now && counter.ends_at - end_of(window) <= kImpossiblyLate;
}

CountResult count_in(Counter& counter, const Window& window) noexcept {
    if (counter.count >= window.limit) {
        return {.verdict = Verdict::over, .count = counter.count};
    }
    // A worker whose clock is behind still uses the previous window. Count it in the later one.
    counter.ends_at = std::max(counter.ends_at, end_of(window));
    return {.verdict = Verdict::admitted, .count = ++counter.count};
}

// Returns nullopt if the stripe has no current counter of the key.
std::optional<CountResult> count_at(Stripe& stripe, const CounterKey& key,
                                    const Window& window) noexcept {
    Counter* existing = stripe.find(key);
    if (existing == nullptr || !is_current(*existing, window)) {
        return std::nullopt;
    }
    return count_in(*existing, window);
}

std::ptrdiff_t free_counters(const Stripe& stripe, std::int64_t now) noexcept {
    return std::ranges::count_if(stripe.counters,
                                 [now](const Counter& each) { return each.ends_at <= now; });
}

}  // namespace

void SharedCounters::format() noexcept {
    for (auto& each : stripes_) {
        new (&each) Stripe{};
    }
}

Stripe& SharedCounters::first_stripe(const CounterKey& key) const noexcept {
    return stripes_[key[0] % stripes_.size()];
}

Stripe& SharedCounters::second_stripe(const CounterKey& key) const noexcept {
    return stripes_[key[1] / Stripe::kCounters % stripes_.size()];
}

std::uint32_t SharedCounters::self() const noexcept {
    return self_ != 0 ? self_ : static_cast<std::uint32_t>(::getpid());
}

CountResult SharedCounters::admit(const CounterKey& key, const Window& window,
                                  const Group* group) noexcept {
    if (window.limit == 0) {
        return {.verdict = Verdict::over, .count = 0};
    }
    for (Stripe* stripe : {&first_stripe(key), &second_stripe(key)}) {
        const StripeLock lock(stripe->owner, self());
        if (const auto counted = count_at(*stripe, key, window)) {
            return *counted;
        }
    }
    if (group != nullptr) {
        const Window allowance{.limit = group->limit, .now = window.now, .ends_at = window.ends_at};
        if (!admit(group->key, allowance).admitted()) {
            return {};
        }
    }
    const CountResult admission = begin(key, window);
    if (group != nullptr && admission.count != 1) {
        give_back(group->key);  // another process started the counter, or both stripes are full
    }
    return admission;
}

void SharedCounters::give_back(const CounterKey& key) noexcept {
    for (Stripe* stripe : {&first_stripe(key), &second_stripe(key)}) {
        const StripeLock lock(stripe->owner, self());
        if (Counter* counter = stripe->find(key); counter != nullptr && counter->count > 0) {
            --counter->count;
            return;
        }
    }
}

// Locks both stripes, so that no other process starts the same counter in the other stripe. The
// order of addresses prevents a deadlock.
CountResult SharedCounters::begin(const CounterKey& key, const Window& window) noexcept {
    Stripe* low = &first_stripe(key);
    Stripe* high = &second_stripe(key);
    if (high < low) {
        std::swap(low, high);
    }
    const StripeLock lock(low->owner, self());
    std::optional<StripeLock> second_lock;
    if (high != low) {
        second_lock.emplace(high->owner, self());
    }
    Counter* place = nullptr;
    for (Stripe* stripe : {low, high}) {
        if (const auto counted = count_at(*stripe, key, window)) {
            return *counted;
        }
        place = place != nullptr ? place : stripe->find(key);
    }
    if (place == nullptr) {
        const bool first_is_emptier = free_counters(first_stripe(key), window.now) >=
                                      free_counters(second_stripe(key), window.now);
        Stripe& emptier = first_is_emptier ? first_stripe(key) : second_stripe(key);
        place = emptier.find_free(key, window.now);
    }
    if (place == nullptr) {
        return {};
    }
    Stripe::begin(*place, {.key = key, .count = 1, .ends_at = end_of(window)});
    return {.verdict = Verdict::admitted, .count = 1};
}

std::uint64_t SharedCounters::count(const CounterKey& key, std::int64_t now) noexcept {
    for (Stripe* stripe : {&first_stripe(key), &second_stripe(key)}) {
        const StripeLock lock(stripe->owner, self());
        const Counter* counter = stripe->find(key);
        if (counter != nullptr && counter->ends_at > now) {
            return counter->count;
        }
    }
    return 0;
}

}  // namespace social::store
