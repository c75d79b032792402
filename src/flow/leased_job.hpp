// Waiting for the effect of work that one caller does at a time, over all workers (and instances),
// under a lease: see flow/lease. A caller looks for the effect in the store, starts the job of its
// own process where there is none, and looks again after progress().
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

    // Calls `start` for the job, unless it runs. One that has ended without effect did not get the
    // lease: then it is started again after the next pause.
    template <std::invocable Start>
    void ensure(Start start) {
        if (!status_ || (status_->done() && paused_)) {
            status_ = start();
            paused_ = false;
        }
    }

    // The error of the store that the job has met, or nullptr.
    [[nodiscard]] const Error* store_error() const noexcept;

    // Waits until the job changes its status. Where it does not run, somebody else may be at work:
    // pauses with backoff. Returns after `limit` in any case.
    [[nodiscard]] Task<void> progress(Limit limit = std::nullopt);

private:
    const Ports& ports_;
    std::shared_ptr<const JobStatus> status_;
    bool paused_ = false;  // since the job was started
    base::Backoff<std::chrono::milliseconds> backoff_{std::chrono::milliseconds(5),
                                                      std::chrono::milliseconds(200)};
};

}  // namespace social::flow
