// A spin lock in shared memory for critical sections of a few dozen nanoseconds. The word holds the
// process id of its owner. A waiter takes over the lock from a dead process. It also does so after
// a second, for example from a process stopped in a debugger. Therefore the guarded data must be
// consistent after every store.
#pragma once

#include <atomic>
#include <cstdint>

namespace social::store {

class StripeLock {
public:
    // `self` is this process's id, never 0.
    StripeLock(std::atomic<std::uint32_t>& owner, std::uint32_t self) noexcept;
    StripeLock(const StripeLock&) = delete;
    StripeLock& operator=(const StripeLock&) = delete;
    ~StripeLock();

private:
    void wait() noexcept;

    std::atomic<std::uint32_t>& owner_;
    std::uint32_t self_;
};

}  // namespace social::store
