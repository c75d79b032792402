// outlive() runs a Task as a background job of the worker and awaits its value. Destroying the
// awaiting frame, for example after a client disconnect, does not cancel the job.
//
// Rethrows the Task's Failure to the awaiting frame. Without such a frame the job logs it. Objects
// that the Task refers to outlive the AsyncScope.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "coro/result_task.hpp"
#include "coro/task.hpp"
#include "coro/wait_queue.hpp"
#include "loop/async_scope.hpp"

namespace social::loop {

// The result of a job. The job and the waiter own it together.
template <class T>
class JobResult {
public:
    // A member of the job's frame: resolves the waiter on success, on error and on cancellation.
    class End {
    public:
        explicit End(JobResult& result) noexcept : result_(result) {}
        End(const End&) = delete;
        End& operator=(const End&) = delete;
        ~End() { result_.ended_.resolve_all(); }

    private:
        JobResult& result_;
    };

    void set(Result<T> value) {
        if (!value && ended_.empty()) {
            throw flow::Failure(std::move(value.error()));
        }
        value_ = std::move(value);
    }

    // Without a value the job ended with an exception other than Failure, which was logged.
    [[nodiscard]] T take() {
        if (!value_) {
            throw flow::Failure(Error{.kind = Kind::internal, .what = "job failed", .detail = {}});
        }
        return flow::value(std::move(*value_));
    }

    [[nodiscard]] flow::WaitQueue<>& ended() noexcept { return ended_; }

private:
    std::optional<Result<T>> value_;
    flow::WaitQueue<> ended_;
};

template <class T>
flow::Task<void> run_to_end(flow::Task<T> work, std::shared_ptr<JobResult<T>> result) {
    const typename JobResult<T>::End end(*result);
    Result<T> value = co_await flow::as_result(std::move(work));
    result->set(std::move(value));
}

template <class T>
flow::Task<T> outlive(AsyncScope& background, flow::Task<T> work) {
    const auto result = std::make_shared<JobResult<T>>();
    background.spawn(run_to_end(std::move(work), result));
    flow::WaitQueue<>::Waiter ended(result->ended(), background);
    co_await ended;
    co_return result->take();
}

}  // namespace social::loop
