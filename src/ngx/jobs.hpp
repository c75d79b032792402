// The jobs of a worker that flows start: each once at a time by its name, with the error
// that it ends with in the log.
//
// One per worker, destroyed after the Background that runs the jobs.
#pragma once

#include <set>
#include <string>

#include "flow/ports.hpp"
#include "loop/background.hpp"

namespace social::ngx {

class WorkerJobs final : public flow::Jobs {
public:
    // `background` may be constructed later.
    explicit WorkerJobs(loop::Background& background) noexcept : background_(background) {}
    WorkerJobs(const WorkerJobs&) = delete;
    WorkerJobs& operator=(const WorkerJobs&) = delete;
    ~WorkerJobs() = default;

    void run(std::string name, flow::Task<std::optional<Error>> job) override;

    [[nodiscard]] std::size_t running() const noexcept { return names_.size(); }

private:
    // Takes the name back when the job has ended, in whatever way.
    class Running;
    static flow::Task<void> run_as(Running place, flow::Task<std::optional<Error>> job);

    loop::Background& background_;
    std::set<std::string> names_;
};

}  // namespace social::ngx
