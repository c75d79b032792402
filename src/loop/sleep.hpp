// `co_await Sleep(50ms)` suspends the frame for that time. LoopTimer implements the port
// flow::Timer with it. The destructor deletes the timer.
#pragma once

#include <chrono>
#include <coroutine>

#include "flow/clock.hpp"
#include "loop/wakeup.hpp"

namespace social::loop {

class Sleep {
public:
    explicit Sleep(std::chrono::milliseconds delay, OnExit on_exit = OnExit::wait) noexcept
        : delay_(delay), wakeup_(on_exit) {}

    [[nodiscard]] bool await_ready() const noexcept { return delay_.count() <= 0; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) noexcept {
        wakeup_.set_continuation(frame);
        wakeup_.after(delay_);
    }
    void await_resume() const noexcept {}

private:
    std::chrono::milliseconds delay_;
    Wakeup wakeup_;
};

// Requests sleep with OnExit::wait. A periodic background job uses OnExit::abandon, so that it does
// not delay a graceful exit.
class LoopTimer final : public flow::Timer {
public:
    explicit LoopTimer(OnExit on_exit = OnExit::wait) noexcept : on_exit_(on_exit) {}

    flow::Task<void> sleep(std::chrono::milliseconds delay) override {
        co_await Sleep(delay, on_exit_);
    }

private:
    OnExit on_exit_;
};

}  // namespace social::loop
