// A lock for a few dozen nanoseconds between threads and processes, in one word of
// shared memory that holds the process id of its owner. It heals by itself: who
// waits takes it over from a process that is gone, or that has kept it for a second (a
// process stopped by a debugger must not stop the others). What it guards must
// therefore be consistent after every single store.
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
