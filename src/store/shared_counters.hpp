// Counters that all processes share, each for a window of time: quota per site, guesses
// per address. Exact under concurrency: never more than `limit` pass.
//
// A fixed table in shared memory, in stripes of 63 counters with a lock each, so it
// needs neither the zone's lock nor a repair (see StripeLock). A counter is found by a
// 128-bit digest of its name. A counter whose window is over, or whose window ends
// impossibly late because a clock was wrong, starts anew: none blocks for ever.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace social::store {

// The first bytes of a SHA-256 of the name. The name says what else defines the
// counter: a quota's, its window, so that another window in the configuration
// starts a counter of its own.
using CounterKey = std::array<std::uint64_t, 2>;

struct Admission {
    enum class Verdict : std::uint8_t {
        admitted,
        over,  // the limit was reached
        full,  // the table has no counter left: nothing is known, so do not admit
    };
    Verdict verdict = Verdict::full;
    std::uint64_t count = 0;  // admitted in this window, with this one
    [[nodiscard]] bool admitted() const noexcept { return verdict == Verdict::admitted; }
};

struct Attempt {
    bool allowed = false;
    std::int64_t retry_after = 0;  // seconds until attempts are allowed again, if not now
};

class SharedCounters {
public:
    struct Counter {
        CounterKey key;
        std::uint64_t count;
        std::int64_t ends_at;  // Unix seconds; 0: free
    };
    static constexpr std::size_t kPerStripe = 63;
    struct alignas(64) Stripe {
        std::atomic<std::uint32_t> owner;
        std::array<Counter, kPerStripe> counters;
    };

    explicit SharedCounters(std::span<Stripe> stripes) noexcept : stripes_(stripes) {}
    void format() noexcept;

    // Tells the id of the running process, to save asking the kernel at each call.
    void in_process(std::uint32_t self) noexcept { self_ = self; }

    // Counts one more in the window that ends at `ends_at`, unless `limit` were counted.
    // A refused one is not counted. Windows are at most a day long.
    struct Window {
        std::uint64_t limit;
        std::int64_t now;
        std::int64_t ends_at;
    };
    [[nodiscard]] Admission admit(const CounterKey& key, const Window& window) noexcept;

    // At most `limit` attempts in `period` seconds, which begin with the first of
    // them. When the table is full, the counter that ends first is forgotten: somebody
    // who can attempt from everywhere must not lock everybody out.
    struct Rate {
        std::uint64_t limit;
        std::int64_t now;
        std::int64_t period;
    };
    [[nodiscard]] Attempt attempt(const CounterKey& key, const Rate& rate) noexcept;

    // One attempt less, as after one that succeeded.
    void take_back(const CounterKey& key) noexcept;

    // How many were counted in the current window.
    [[nodiscard]] std::uint64_t count(const CounterKey& key, std::int64_t now) noexcept;

    // Removes the counter, as after a login that succeeded.
    void forget(const CounterKey& key) noexcept;

    [[nodiscard]] std::size_t capacity() const noexcept { return stripes_.size() * kPerStripe; }

private:
    [[nodiscard]] Stripe& stripe(const CounterKey& key) const noexcept;
    [[nodiscard]] std::uint32_t self() const noexcept;

    std::span<Stripe> stripes_;
    std::uint32_t self_ = 0;
};

}  // namespace social::store
