// The frame that waits in an awaiter, and the event that resumes it.
//
// An awaiter has a Wakeup as a member and gives it the frame in await_suspend.
// What it waits for then calls post() or lets the timer fire; both resume the
// frame from a handler of nginx's loop, never from inside a library's callback.
// The destructor cancels: a destroyed frame is not resumed.
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

    // Now: only from a handler of the loop. The awaiter may be gone afterwards.
    void resume() noexcept { driver_->resume(frame_); }

private:
    std::coroutine_handle<> frame_;
    flow::Driver* driver_ = nullptr;
    Event event_;
};

}  // namespace social::loop
