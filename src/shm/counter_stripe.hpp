// Counters in shared memory under one lock, as a hash table with linear probing. SharedCounters
// counts the uses of quotas in such stripes, and AttemptTable the attempts of clients.
//
// A counter has at least `key` and `ends_at`. It is free if ends_at is 0 or past. A process may be
// killed between any two stores, so begin() writes ends_at last.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace social::store {

// A seeded_digest() of the counter's name. The name identifies the counter and its definition.
using CounterKey = std::array<std::uint64_t, 2>;

template <class Counter>
struct alignas(64) CounterStripe {
    static constexpr std::size_t kCounters = 63;

    std::atomic<std::uint32_t> owner;  // see StripeLock
    std::array<Counter, kCounters> counters;

    // nullptr: none. The counter may have expired.
    [[nodiscard]] Counter* find(const CounterKey& key) noexcept {
        return search(key, [&key](const Counter& counter) {
            return counter.ends_at != 0 && counter.key == key;
        });
    }

    // A free counter, or nullptr. `now` is in Unix seconds.
    [[nodiscard]] Counter* find_free(const CounterKey& key, std::int64_t now) noexcept {
        return search(key, [now](const Counter& counter) { return counter.ends_at <= now; });
    }

    // Starts a counter. It is free until the last store, in case the process is killed.
    static void begin(Counter& counter, Counter started) noexcept {
        const std::int64_t ends_at = std::exchange(started.ends_at, 0);
        end(counter);
        counter = started;
        std::atomic_signal_fence(std::memory_order_seq_cst);
        std::atomic_ref(counter.ends_at).store(ends_at, std::memory_order_relaxed);
    }

    // Frees the counter.
    static void end(Counter& counter) noexcept {
        std::atomic_ref(counter.ends_at).store(0, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }

private:
    // Probing starts at the key's slot, where most keys are.
    template <class IsWanted>
    [[nodiscard]] Counter* search(const CounterKey& key, IsWanted is_wanted) noexcept {
        const std::size_t start = key[1] % kCounters;
        for (std::size_t i = 0; i < kCounters; ++i) {
            Counter& counter = counters[(start + i) % kCounters];
            if (is_wanted(counter)) {
                return &counter;
            }
        }
        return nullptr;
    }
};

}  // namespace social::store
