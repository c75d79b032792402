// The jobs of a worker that flows start: each once at a time by its name, with the error
// that it ends with in the log.
//
// As many run at a time as `worker_connections`. A request waits for one job, so only jobs whose
// clients have left reach that limit. A job beyond it is refused: its status is done at once, with
// an error that readers take for a store that cannot be asked (503).
//
// One per worker, destroyed after the AsyncScope that runs the jobs.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "flow/jobs.hpp"
#include "loop/async_scope.hpp"

namespace social::ngx {

class WorkerJobs final : public flow::Jobs {
public:
    // `background` may be constructed later.
    explicit WorkerJobs(loop::AsyncScope& background) noexcept : background_(background) {}
    WorkerJobs(const WorkerJobs&) = delete;
    WorkerJobs& operator=(const WorkerJobs&) = delete;
    ~WorkerJobs() = default;

    using flow::Jobs::run;
    std::shared_ptr<const flow::JobStatus> run(std::string name,
                                               flow::Task<std::optional<Error>> job,
                                               std::shared_ptr<flow::JobStatus> status) override;

    [[nodiscard]] std::size_t running() const noexcept { return running_.size(); }

private:
    using Statuses = std::map<std::string, std::shared_ptr<flow::JobStatus>>;
    // Marks the job as done when it has ended, in whatever way.
    class Running;
    static flow::Task<void> run_as(Running place, flow::Task<std::optional<Error>> job);

    loop::AsyncScope& background_;
    Statuses running_;  // by name; bounded by worker_connections
};

}  // namespace social::ngx
