#include "shm/stripe_lock.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/types.h>

#include <cerrno>
#include <chrono>

namespace social::store {

namespace {

bool is_dead(std::uint32_t process) noexcept {
    return ::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH;
}

}  // namespace

StripeLock::StripeLock(std::atomic<std::uint32_t>& owner, std::uint32_t self) noexcept
    : owner_(owner), self_(self) {
    std::uint32_t free = 0;
    if (!owner_.compare_exchange_strong(free, self_, std::memory_order_acquire)) {
        wait();
    }
}

StripeLock::~StripeLock() {
    // Not a plain store: another process may have taken over the lock.
    std::uint32_t mine = self_;
    owner_.compare_exchange_strong(mine, 0, std::memory_order_release, std::memory_order_relaxed);
}

void StripeLock::wait() noexcept {
    using Clock = std::chrono::steady_clock;
    constexpr int kSpins = 128;  // about the longest time of a critical section
    constexpr unsigned kYieldsPerLook = 32;
    constexpr auto kTakeoverTimeout = std::chrono::seconds(1);

    for (int i = 0; i < kSpins; ++i) {
        std::uint32_t seen = owner_.load(std::memory_order_relaxed);
        if (seen == 0 && owner_.compare_exchange_weak(seen, self_, std::memory_order_acquire)) {
            return;
        }
    }
    auto since = Clock::now();
    std::uint32_t holder = 0;
    for (unsigned yields = 1;; ++yields) {
        std::uint32_t seen = owner_.load(std::memory_order_relaxed);
        const bool look = yields % kYieldsPerLook == 0;
        if (seen != holder) {
            holder = seen;
            since = Clock::now();
        }
        const bool dead =
            look && seen != 0 && (is_dead(seen) || Clock::now() - since > kTakeoverTimeout);
        if ((seen == 0 || dead) &&
            owner_.compare_exchange_strong(seen, self_, std::memory_order_acquire)) {
            return;
        }
        ::sched_yield();
    }
}

}  // namespace social::store
