// Fakes for tests of flows: jobs, and a timer that advances the clock. Each job has a driver of its
// own and runs in the world's queue of turns.
#pragma once

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coro/result_task.hpp"
#include "flow_world.hpp"

namespace social::test {

class FakeJobs final : public flow::Jobs {
public:
    using flow::Jobs::run;
    std::shared_ptr<const flow::JobStatus> run(std::string name,
                                               flow::Task<std::optional<Error>> task,
                                               std::shared_ptr<flow::JobStatus> status) override {
        ++started;
        const auto same = [&name](const Job& job) { return job.name == name && !job.task.done(); };
        if (const auto running = std::ranges::find_if(jobs_, same); running != jobs_.end()) {
            return running->status;
        }
        jobs_.emplace_back(std::move(name), watched(std::move(task), status), status);
        jobs_.back().task.start(jobs_.back().driver);
        return status;
    }

    [[nodiscard]] bool idle() const {
        return std::ranges::all_of(jobs_, [](const Job& job) { return job.task.done(); });
    }

    // The outcomes of the jobs, oldest first.
    [[nodiscard]] std::vector<Error> errors() {
        std::vector<Error> found;
        for (Job& job : jobs_) {
            if (job.task.done()) {
                if (auto outcome = job.task.take()) {
                    found.push_back(*outcome);
                }
            }
        }
        return found;
    }

    int started = 0;  // including dropped ones

private:
    struct Job {
        Job(std::string n, flow::Task<std::optional<Error>> t,
            std::shared_ptr<const flow::JobStatus> s)
            : name(std::move(n)), task(std::move(t)), status(std::move(s)) {}
        std::string name;
        flow::Task<std::optional<Error>> task;
        std::shared_ptr<const flow::JobStatus> status;
        TestDriver driver;
    };

    static flow::Task<std::optional<Error>> watched(flow::Task<std::optional<Error>> task,
                                                    std::shared_ptr<flow::JobStatus> status) {
        const Result<std::optional<Error>> outcome = co_await flow::as_result(std::move(task));
        status->set_error(outcome ? *outcome : std::optional(outcome.error()));
        status->set_done();
        co_return status->error();
    }
    std::list<Job> jobs_;
};

class MovingTimer final : public flow::Timer {
public:
    MovingTimer(Awaits& awaits, FixedClock& clock) : awaits_(awaits), clock_(clock) {}

    flow::Task<void> sleep(std::chrono::milliseconds delay) override {
        co_await Turns::Wait(awaits_.turns);
        passed_ += delay;
        clock_.time += passed_ / std::chrono::seconds(1);
        passed_ %= std::chrono::seconds(1);
    }

private:
    Awaits& awaits_;
    FixedClock& clock_;
    std::chrono::milliseconds passed_{0};
};

}  // namespace social::test
