// Ports: the time, and timers. worker/worker implements Clock, loop/sleep implements Timer.
#pragma once

#include <chrono>
#include <cstdint>

#include "coro/task.hpp"

namespace social::flow {

class Clock {
public:
    [[nodiscard]] virtual std::int64_t now() const noexcept = 0;  // Unix seconds

    // A clock that is never set: only differences are meaningful.
    [[nodiscard]] virtual std::chrono::milliseconds monotonic() const noexcept = 0;

protected:
    ~Clock() = default;
};

class Timer {
public:
    // Destroying the Task cancels the timer.
    virtual Task<void> sleep(std::chrono::milliseconds delay) = 0;

protected:
    ~Timer() = default;
};

}  // namespace social::flow
