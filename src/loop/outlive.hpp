// outlive(): runs a Task as a job of the worker and waits for its value. Whoever waits may be
// destroyed, as when the client leaves: the job goes on to its end.
//
// An error (Failure) is rethrown to the waiter; without one it is logged as that of the job. What
// the Task refers to lives as long as the worker's jobs.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "coro/result_task.hpp"
#include "coro/task.hpp"
#include "coro/wait_queue.hpp"
#include "loop/async_scope.hpp"

namespace social::loop {

// Where a job leaves its result. Shared by the job and the waiter, whichever ends last.
template <class T>
class JobResult {
public:
    // Of the job: wakes the waiter when the job ends, in whatever way.
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

    // Without a value the job died of another exception than Failure, which is in the log.
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
