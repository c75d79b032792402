#include "worker/jobs.hpp"

#include <utility>

#include "coro/result_task.hpp"
#include "loop/error_log.hpp"

namespace social::ngx {

class WorkerJobs::Running {
public:
    Running(Statuses& running, Statuses::iterator job) noexcept : running_(&running), job_(job) {}
    Running(Running&& other) noexcept
        : running_(std::exchange(other.running_, nullptr)), job_(other.job_) {}
    Running& operator=(Running&&) = delete;
    ~Running() {
        if (running_ != nullptr) {
            status().set_done();
            running_->erase(job_);
        }
    }

    [[nodiscard]] flow::JobStatus& status() const noexcept { return *job_->second; }

private:
    Statuses* running_;  // none: moved from
    Statuses::iterator job_;
};

std::shared_ptr<const flow::JobStatus> WorkerJobs::run(std::string name,
                                                       flow::Task<std::optional<Error>> job,
                                                       std::shared_ptr<flow::JobStatus> status) {
    if (const auto same = running_.find(name); same != running_.end()) {
        return same->second;
    }
    if (running_.size() >= ngx_cycle->connection_n) {
        status->set_error(Error(Kind::store_unavailable, "too many jobs are running", {}));
        status->set_done();
        loop::log_error(ngx_cycle->log, *status->error(), {});
        return status;
    }
    const auto place = running_.emplace(std::move(name), status).first;
    background_.spawn(run_as(Running(running_, place), std::move(job)));
    return status;
}

flow::Task<void> WorkerJobs::run_as(Running place, flow::Task<std::optional<Error>> job) {
    const Running held = std::move(place);
    const Result<std::optional<Error>> outcome = co_await flow::as_result(std::move(job));
    held.status().set_error(outcome ? *outcome : std::optional(outcome.error()));
    if (held.status().error()) {
        loop::log_error(ngx_cycle->log, *held.status().error(), {});
    }
    co_return;
}

}  // namespace social::ngx
