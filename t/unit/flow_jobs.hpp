// Jobs for tests of flows: they run in the queue of the world's turns, each under a driver of
// its own, as they do beside the requests of a worker. And a timer that moves the clock.
#pragma once

#include <algorithm>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "flow_world.hpp"

namespace social::test {

class FakeJobs final : public flow::Jobs {
public:
    void run(std::string name, flow::Task<std::optional<Error>> task) override {
        const auto same = [&name](const Job& job) { return job.name == name && !job.task.done(); };
        if (std::ranges::any_of(jobs_, same)) {
            return;
        }
        jobs_.emplace_back(std::move(name), std::move(task));
        jobs_.back().task.start(jobs_.back().driver);
    }

    [[nodiscard]] bool idle() const {
        return std::ranges::all_of(jobs_, [](const Job& job) { return job.task.done(); });
    }

    // What the jobs ended with, oldest first.
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

private:
    struct Job {
        Job(std::string n, flow::Task<std::optional<Error>> t)
            : name(std::move(n)), task(std::move(t)) {}
        std::string name;
        flow::Task<std::optional<Error>> task;
        TestDriver driver;
    };
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
