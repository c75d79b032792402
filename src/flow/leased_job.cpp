#include "flow/leased_job.hpp"

#include <algorithm>

#include "coro/wait_queue.hpp"
#include "coro/with_background_task.hpp"

namespace social::flow {

namespace {

Task<void> change_of(std::shared_ptr<const JobStatus> status, Scheduler& scheduler) {
    WaitQueue<>::Waiter change(status->changed(), scheduler);
    co_await change;
}

}  // namespace

const Error* LeasedJob::store_error() const noexcept {
    return status_ && status_->store_failed() ? &*status_->error() : nullptr;
}

Task<void> LeasedJob::progress(Limit limit) {
    if (!status_ || status_->done()) {
        const std::chrono::milliseconds pause = backoff_.next();
        co_await ports_.timer.sleep(std::min(pause, limit.value_or(pause)));
        paused_ = true;
        co_return;
    }
    Task<void> change = change_of(status_, ports_.scheduler);
    if (limit) {
        change = when_any(std::move(change), ports_.timer.sleep(*limit));
    }
    co_await change;
}

}  // namespace social::flow
