// Waiting for time to pass: `co_await Sleep(50ms)`, and the same as the port
// that flows see. Destroying the frame that sleeps deletes the timer.
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

// Requests sleep with OnExit::wait; a job of the worker that only idles between
// two rounds takes OnExit::abandon, so that it does not hold up a graceful exit.
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
