// The continuation of an awaiter, and the event that resumes it.
//
// An awaiter has a Wakeup as a member and calls set_continuation() in await_suspend. A completion
// handler calls post(), or the timer expires. Both resume the frame from an event handler of nginx,
// never inside a callback of a library. The destructor cancels: it never resumes a destroyed frame.
#pragma once

#include <chrono>
#include <coroutine>

#include "coro/task.hpp"
#include "loop/event.hpp"

namespace social::loop {

class Wakeup {
public:
    explicit Wakeup(OnExit on_exit = OnExit::wait) noexcept
        : event_(Event::calling<&Wakeup::resume>(*this, on_exit)) {}

    template <class Promise>
    void set_continuation(std::coroutine_handle<Promise> frame) noexcept {
        frame_ = frame;
        driver_ = &flow::driver_of(frame);
    }

    void post() noexcept { event_.post(); }
    void after(std::chrono::milliseconds delay) noexcept { event_.arm(delay); }
    void cancel() noexcept { event_.cancel(); }

    // Resumes immediately. Call it only from an event handler. It may destroy the awaiter.
    void resume() noexcept { driver_->resume(frame_); }

private:
    std::coroutine_handle<> frame_;
    flow::Driver* driver_ = nullptr;
    Event event_;
};

}  // namespace social::loop
