// outlive(): runs a Task as a job of the worker and waits for its value. Whoever waits may be
// destroyed, as when the client leaves: the job goes on to its end.
//
// An error (Failure) is rethrown to the waiter; without one it is logged as that of the job. What
// the Task refers to lives as long as the worker's jobs.
#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>

#include "flow/result_task.hpp"
#include "flow/task.hpp"
#include "loop/background.hpp"
#include "loop/wakeup.hpp"

namespace social::loop {

// Where a job leaves its result. Shared by the job and the waiter, whichever ends last.
template <class T>
class JobResult {
public:
    // Of the waiter: co_await gives the result once there is one.
    class Wait {
    public:
        explicit Wait(JobResult& result) noexcept : result_(result) { result_.waiter_ = this; }
        Wait(const Wait&) = delete;
        Wait& operator=(const Wait&) = delete;
        ~Wait() { result_.waiter_ = nullptr; }

        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> frame) noexcept {
            wakeup_.hold(frame);
        }
        // Without a value the job died of another exception than Failure, which is in the log.
        T await_resume() {
            if (!result_.value_) {
                throw flow::Failure(
                    Error{.kind = Kind::internal, .what = "job failed", .detail = {}});
            }
            return flow::value(std::move(*result_.value_));
        }

    private:
        friend class JobResult;
        JobResult& result_;
        Wakeup wakeup_;
    };

    // Of the job: wakes the waiter when the job ends, in whatever way.
    class End {
    public:
        explicit End(JobResult& result) noexcept : result_(result) {}
        End(const End&) = delete;
        End& operator=(const End&) = delete;
        ~End() {
            if (result_.waiter_ != nullptr) {
                result_.waiter_->wakeup_.post();
            }
        }

    private:
        JobResult& result_;
    };

    void set(Result<T> value) {
        if (!value && waiter_ == nullptr) {
            throw flow::Failure(std::move(value.error()));
        }
        value_ = std::move(value);
    }

private:
    std::optional<Result<T>> value_;
    Wait* waiter_ = nullptr;
};

template <class T>
flow::Task<void> run_to_end(flow::Task<T> work, std::shared_ptr<JobResult<T>> result) {
    const typename JobResult<T>::End end(*result);
    Result<T> value = co_await flow::attempt(std::move(work));
    result->set(std::move(value));
}

template <class T>
flow::Task<T> outlive(Background& background, flow::Task<T> work) {
    const auto result = std::make_shared<JobResult<T>>();
    background.spawn(run_to_end(std::move(work), result));
    typename JobResult<T>::Wait wait(*result);
    T value = co_await wait;
    co_return value;
}

}  // namespace social::loop
