// `co_await run_in_thread<bool>(pool, work)` runs blocking work (hashing a password) in one of
// nginx's thread pools.
//
// A task cannot be removed from the pool's queue. So its state has two owners: the queue
// until on_finished(), and the awaiting frame until its destruction. `work`
// must own all data that it uses.
#pragma once

#include "ngx/ngx.hpp"

#if (NGX_THREADS)

#include <coroutine>
#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "coro/task.hpp"
#include "loop/event.hpp"
#include "loop/wakeup.hpp"

namespace social::loop {

class ThreadWait;

// The task in the pool's queue.
class ThreadJob {
public:
    explicit ThreadJob(std::move_only_function<void()> work) noexcept;
    ThreadJob(const ThreadJob&) = delete;
    ThreadJob& operator=(const ThreadJob&) = delete;
    ~ThreadJob() = default;

private:
    friend class ThreadWait;
    static void on_run(void* self, ngx_log_t* log) noexcept;  // in a thread of the pool
    static void on_finished(ngx_event_t* event) noexcept;

    std::move_only_function<void()> work_;
    ngx_thread_task_t task_{};
    EventIdent ident_;
    std::shared_ptr<ThreadJob> queued_;  // the queue's ownership of this object
    ThreadWait* waiting_ = nullptr;      // nullptr: the frame was destroyed
};

// Awaits the end of `work`. `work` stores its own result and does not throw. co_await throws
// Failure if the pool's queue is full.
class ThreadWait {
public:
    ThreadWait(ngx_thread_pool_t& pool, std::move_only_function<void()> work)
        : pool_(pool), job_(std::make_shared<ThreadJob>(std::move(work))) {}
    ThreadWait(const ThreadWait&) = delete;
    ThreadWait& operator=(const ThreadWait&) = delete;
    ~ThreadWait() { job_->waiting_ = nullptr; }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) noexcept {
        wakeup_.set_continuation(frame);
        return post();
    }
    void await_resume() const;

private:
    friend class ThreadJob;
    [[nodiscard]] bool post() noexcept;

    ngx_thread_pool_t& pool_;
    std::shared_ptr<ThreadJob> job_;
    bool refused_ = false;
    Wakeup wakeup_;
};

// Returns `work()`, or rethrows its exception. Throws Failure (store_unavailable) if the pool's
// queue is full. `pool` lives as long as the worker.
template <class T>
flow::Task<T> run_in_thread(ngx_thread_pool_t& pool, std::function<T()> work) {
    std::packaged_task<T()> task(std::move(work));
    std::future<T> result = task.get_future();
    ThreadWait finished(pool, std::move(task));
    co_await finished;
    co_return result.get();
}

}  // namespace social::loop

#endif
