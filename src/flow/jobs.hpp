// Port: jobs of a worker that outlive the requests that started them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "coro/task.hpp"
#include "coro/wait_queue.hpp"

namespace social::flow {

// State of a job, for those who wait for its effect.
class JobStatus {
public:
    [[nodiscard]] bool done() const noexcept { return done_; }
    // The error that it ended with, or that it met in a step which it retries.
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
    [[nodiscard]] bool store_failed() const noexcept {
        return error_ && error_->kind == Kind::store_unavailable;
    }

    // Both wake those who wait.
    void set_error(std::optional<Error> error) {
        error_ = std::move(error);
        changed_.resolve_all();
    }
    void set_done() noexcept {
        done_ = true;
        changed_.resolve_all();
    }

    // Who waits for the next change. It may wait for a job that it cannot change.
    [[nodiscard]] WaitQueue<>& changed() const noexcept { return changed_; }

private:
    bool done_ = false;
    std::optional<Error> error_;
    mutable WaitQueue<> changed_;
};

// Work that must not end with the request that wanted it, as when it uses up a refresh
// token: it goes on when the client leaves.
class Jobs {
public:
    // Runs `job` beside all requests and logs the error that it ends with, if any. `status` is
    // what the job itself may write to. Where a job of that name is running in this process,
    // drops the new one and returns the status of the other. Where too many are running, drops
    // the new one, and the status is done, with an error (store_unavailable).
    virtual std::shared_ptr<const JobStatus> run(std::string name, Task<std::optional<Error>> job,
                                                 std::shared_ptr<JobStatus> status) = 0;
    std::shared_ptr<const JobStatus> run(std::string name, Task<std::optional<Error>> job) {
        return run(std::move(name), std::move(job), std::make_shared<JobStatus>());
    }

protected:
    ~Jobs() = default;
};

}  // namespace social::flow
