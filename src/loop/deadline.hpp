// `co_await Deadline(std::move(task), limit, late)` returns the value of the task. If `limit`
// expires first, it throws Failure(late). It cancels the task before it resumes the awaiting frame.
//
// The task runs under the driver of the awaiting frame.
#pragma once

#include <chrono>
#include <coroutine>
#include <utility>

#include "base/error.hpp"
#include "coro/result_task.hpp"
#include "coro/task.hpp"
#include "loop/wakeup.hpp"

namespace social::loop {

template <class T>
class Deadline {
public:
    Deadline(flow::Task<T> task, std::chrono::milliseconds limit, Error late)
        : task_(std::move(task)), limit_(limit), late_(std::move(late)) {}
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    ~Deadline() = default;

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> frame) noexcept {
        waiting_.set_continuation(frame);
        timer_.arm(limit_);
        return task_.operator co_await().await_suspend(frame);
    }
    T await_resume() {
        timer_.cancel();
        if (expired_) {
            throw flow::Failure(std::move(late_));
        }
        return task_.take();
    }

private:
    void expire() noexcept {
        expired_ = true;
        task_.reset();
        waiting_.resume();
    }

    flow::Task<T> task_;
    std::chrono::milliseconds limit_;
    Error late_;
    bool expired_ = false;
    Wakeup waiting_;
    Event timer_ = Event::calling<&Deadline::expire>(*this);
};

}  // namespace social::loop
