// Ports: the time, and waiting for it to pass.
#pragma once

#include <chrono>
#include <cstdint>

#include "coro/task.hpp"

namespace social::flow {

class Clock {
public:
    [[nodiscard]] virtual std::int64_t now() const noexcept = 0;  // Unix seconds

    // Of a clock that is never set: differences alone have a meaning.
    [[nodiscard]] virtual std::chrono::milliseconds monotonic() const noexcept = 0;

protected:
    ~Clock() = default;
};

class Timer {
public:
    virtual Task<void> sleep(std::chrono::milliseconds delay) = 0;

protected:
    ~Timer() = default;
};

}  // namespace social::flow
