#include "loop/thread_job.hpp"

#if (NGX_THREADS)

#include "base/error.hpp"
#include "coro/result_task.hpp"

namespace social::loop {

ThreadJob::ThreadJob(std::move_only_function<void()> work) noexcept : work_(std::move(work)) {
    ident_.owner = this;
    task_.ctx = this;
    task_.handler = &ThreadJob::on_run;
    task_.event.data = &ident_;
    task_.event.handler = &ThreadJob::on_finished;
    task_.event.log = ngx_cycle->log;
}

void ThreadJob::on_run(void* self, ngx_log_t*) noexcept {
    static_cast<ThreadJob*>(self)->work_();
}

void ThreadJob::on_finished(ngx_event_t* event) noexcept {
    auto* self = static_cast<ThreadJob*>(static_cast<EventIdent*>(event->data)->owner);
    const std::shared_ptr<ThreadJob> job = std::move(self->queued_);
    if (job->waiting_ != nullptr) {
        job->waiting_->wakeup_.post();
    }
}

bool ThreadWait::post() noexcept {
    job_->waiting_ = this;
    job_->queued_ = job_;
    if (ngx_thread_task_post(&pool_, &job_->task_) == NGX_OK) {
        return true;
    }
    job_->queued_.reset();
    refused_ = true;
    return false;
}

void ThreadWait::await_resume() const {
    if (refused_) {
        throw flow::Failure(Error(Kind::store_unavailable, "the server is busy",
                                  "the queue of the thread pool is full"));
    }
}

}  // namespace social::loop

#endif
