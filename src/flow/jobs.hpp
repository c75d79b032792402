// Port: jobs of a worker that outlive the requests that started them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "flow/task.hpp"

namespace social::flow {

// State of a job, for those who wait for its effect.
struct JobStatus {
    bool done = false;
    // The error that it ended with, or that it met in a step which it retries.
    std::optional<Error> error;

    [[nodiscard]] bool store_failed() const noexcept {
        return error && error->kind == Kind::store_unavailable;
    }
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
