// The jobs of a worker that belong to no request: refreshing sessions before
// they run out, watching the store. AsyncScope owns their root Tasks and drives
// each of them. It is also the Scheduler of the worker.
//
// One per worker. It is destroyed in exit_process, before the services that the
// jobs use; that cancels every job that still runs.
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

    // The job starts behind what the loop is doing in this turn, never inside this call. An
    // exception that ends it is logged.
    void spawn(flow::Task<void> task);

    // Behind what the loop is doing in this turn, too.
    void schedule(flow::Runnable& next) noexcept override;

    // Jobs that have not come to their end.
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

    // Starts what is new, runs what is ready and frees what is done, outside of any job's resume().
    void turn() noexcept;
    void schedule() noexcept;

    ngx_log_t* log_;
    bool looping_ = false;  // there was a turn: see Event::post()
    Event turn_ = Event::calling<&AsyncScope::turn>(*this);
    flow::HookList<flow::Runnable> ready_;
    std::list<Job> jobs_;  // end first: as they are destroyed they may wake others
};

}  // namespace social::loop
