// Port: background jobs of a worker, which outlive the requests that start them. worker/jobs
// implements it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "coro/task.hpp"
#include "coro/wait_queue.hpp"

namespace social::flow {

// The state of a job, for the coroutines that wait for it.
class JobStatus {
public:
    [[nodiscard]] bool done() const noexcept { return done_; }
    // The error of the finished job, or of the step that it is retrying.
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
    [[nodiscard]] bool store_failed() const noexcept {
        return error_ && error_->kind == Kind::store_unavailable;
    }

    // Both wake all waiters.
    void set_error(std::optional<Error> error) {
        error_ = std::move(error);
        changed_.resolve_all();
    }
    void set_done() noexcept {
        done_ = true;
        changed_.resolve_all();
    }

    // The waiters for the next change. Mutable, so that a const status can be awaited.
    [[nodiscard]] WaitQueue<>& changed() const noexcept { return changed_; }

private:
    bool done_ = false;
    std::optional<Error> error_;
    mutable WaitQueue<> changed_;
};

// Runs work that must survive a disconnect of the client, for example the use of a one-time refresh
// token.
class Jobs {
public:
    // Runs `job` in the background and logs its error. The job itself may write to `status`.
    //
    // 1. A job of that name is running in this process: drops `job` and returns the other's status.
    // 2. Too many jobs are running: drops `job`. The status is done, with store_unavailable.
    virtual std::shared_ptr<const JobStatus> run(std::string name, Task<std::optional<Error>> job,
                                                 std::shared_ptr<JobStatus> status) = 0;
    std::shared_ptr<const JobStatus> run(std::string name, Task<std::optional<Error>> job) {
        return run(std::move(name), std::move(job), std::make_shared<JobStatus>());
    }

protected:
    ~Jobs() = default;
};

}  // namespace social::flow
