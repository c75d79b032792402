// Owns and drives the root Tasks of a worker's background jobs: refreshing sessions before they
// expire, discovering Redis primaries. It is also the worker's Scheduler.
//
// One per worker. exit_process destroys it before the services that the jobs use. That cancels
// every job that still runs.
#pragma once

#include <coroutine>
#include <cstddef>
#include <list>

#include "coro/scheduler.hpp"
#include "coro/task.hpp"
#include "loop/event.hpp"

namespace social::loop {

class AsyncScope final : public flow::Scheduler {
public:
    explicit AsyncScope(ngx_log_t* log) noexcept : log_(log) {}
    AsyncScope(const AsyncScope&) = delete;
    AsyncScope& operator=(const AsyncScope&) = delete;
    ~AsyncScope() = default;

    // Starts the job from an event of the loop, never inside this call. Logs the exception of a job
    // that fails. Throws std::bad_alloc.
    void spawn(flow::Task<void> task);

    // Runs `next` once from an event of the loop. Its destructor unlinks it, which cancels.
    void schedule(flow::Runnable& next) noexcept override;

    // The number of jobs that are not done.
    [[nodiscard]] std::size_t running() const noexcept;

private:
    class Job final : public flow::Driver {
    public:
        Job(AsyncScope& owner, flow::Task<void> task) noexcept;
        void start() noexcept;
        void resume(std::coroutine_handle<> waiting) noexcept override;
        [[nodiscard]] bool started() const noexcept { return started_; }
        [[nodiscard]] bool done() const noexcept { return task_.done(); }

    private:
        void settle() noexcept;

        AsyncScope& owner_;
        flow::Task<void> task_;
        bool started_ = false;
    };

    // Starts new jobs, runs ready Runnables and frees completed jobs. Never inside a job's
    // resume(), which would free the job under its own frame.
    void turn() noexcept;
    void schedule() noexcept;

    ngx_log_t* log_;
    bool looping_ = false;  // turn() has run once: see Event::post()
    Event turn_ = Event::calling<&AsyncScope::turn>(*this);
    flow::HookList<flow::Runnable> ready_;
    std::list<Job> jobs_;  // destroyed first: a job's destructor may call schedule()
};

}  // namespace social::loop
