// Waits for the effect of a job that runs under a lease (flow/lease) in one worker of all
// instances.
//
// A caller checks the store for the effect, calls ensure(), awaits progress(), and checks again.
#pragma once

#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <utility>

#include "base/backoff.hpp"
#include "coro/task.hpp"
#include "flow/jobs.hpp"
#include "flow/ports.hpp"

namespace social::flow {

class LeasedJob {
public:
    using Limit = std::optional<std::chrono::milliseconds>;

    // `ports` outlives the object.
    explicit LeasedJob(const Ports& ports) noexcept : ports_(ports) {}

    // Calls `start`, which returns the job's status, unless the job is running. A job that
    // completed without effect did not get the lease. It is started again after the next pause.
    template <std::invocable Start>
    void ensure(Start start) {
        if (!status_ || (status_->done() && paused_)) {
            status_ = start();
            paused_ = false;
        }
    }

    // The store_unavailable error of the job, or nullptr. It lives until the status changes.
    [[nodiscard]] const Error* store_error() const noexcept;

    // Waits until the job changes its status, for at most `limit`. Sleeps with backoff if the job
    // is not running in this process, because another worker may hold the lease.
    [[nodiscard]] Task<void> progress(Limit limit = std::nullopt);

private:
    const Ports& ports_;
    std::shared_ptr<const JobStatus> status_;
    bool paused_ = false;  // since the last start of the job
    base::Backoff<std::chrono::milliseconds> backoff_{std::chrono::milliseconds(5),
                                                      std::chrono::milliseconds(200)};
};

}  // namespace social::flow
