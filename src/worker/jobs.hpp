// The background jobs of one worker. At most one job of a name runs at a time. A failed job logs
// its error.
//
// At most `worker_connections` jobs run at a time. A request waits for one job, so only jobs whose
// clients have left reach that limit. A job beyond the limit is refused: its status is done at
// once. Readers of its error treat the store as unavailable (503).
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
    // `background` may be constructed later. It runs no job after its own destruction.
    explicit WorkerJobs(loop::AsyncScope& background) noexcept : background_(background) {}
    WorkerJobs(const WorkerJobs&) = delete;
    WorkerJobs& operator=(const WorkerJobs&) = delete;
    ~WorkerJobs() = default;

    // Starts `job`, or returns the status of the running job of that name.
    using flow::Jobs::run;
    std::shared_ptr<const flow::JobStatus> run(std::string name,
                                               flow::Task<std::optional<Error>> job,
                                               std::shared_ptr<flow::JobStatus> status) override;

    // The number of running jobs.
    [[nodiscard]] std::size_t running() const noexcept { return running_.size(); }

private:
    using Statuses = std::map<std::string, std::shared_ptr<flow::JobStatus>>;
    // Its destructor marks the job as done, also if the job is cancelled.
    class Running;
    static flow::Task<void> run_as(Running place, flow::Task<std::optional<Error>> job);

    loop::AsyncScope& background_;
    Statuses running_;  // by name; at most worker_connections
};

}  // namespace social::ngx
