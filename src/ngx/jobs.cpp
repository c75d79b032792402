#include "ngx/jobs.hpp"

#include <utility>

#include "flow/attempt.hpp"
#include "ngx/presentation.hpp"

namespace social::ngx {

class WorkerJobs::Running {
public:
    Running(std::set<std::string>& names, std::string name)
        : names_(&names), name_(std::move(name)) {}
    Running(Running&& other) noexcept
        : names_(std::exchange(other.names_, nullptr)), name_(std::move(other.name_)) {}
    Running& operator=(Running&&) = delete;
    ~Running() {
        if (names_ != nullptr) {
            names_->erase(name_);
        }
    }

private:
    std::set<std::string>* names_;  // none: moved from
    std::string name_;
};

void WorkerJobs::run(std::string name, flow::Task<std::optional<Error>> job) {
    if (!names_.insert(name).second) {
        return;
    }
    background_.spawn(run_as(Running(names_, std::move(name)), std::move(job)));
}

flow::Task<void> WorkerJobs::run_as(Running place, flow::Task<std::optional<Error>> job) {
    const Running held = std::move(place);
    const Result<std::optional<Error>> outcome = co_await flow::attempt(std::move(job));
    if (!outcome) {
        log_error(ngx_cycle->log, outcome.error(), {});
    } else if (*outcome) {
        log_error(ngx_cycle->log, **outcome, {});
    }
    co_return;
}

}  // namespace social::ngx
