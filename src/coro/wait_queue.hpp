// Coroutines that wait for something of their own worker, first come first served.
//
//     WaitQueue<int>::Waiter waiter(queue, scheduler);
//     const int value = co_await waiter;
//
// resolve_front() and resolve_all() give waiters their value; the scheduler resumes them later.
// Destroying a frame cancels its waiter, before and after it was resolved. A WaitQueue<> is a
// condition variable: a woken waiter checks its condition again.
#pragma once

#include <coroutine>
#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

#include "coro/scheduler.hpp"
#include "coro/task.hpp"

namespace social::flow {

// Outlives its waiters.
template <class T = std::monostate>
class WaitQueue {
public:
    // States: made → waiting (in the queue) → resolved (has a value, is scheduled) → resumed.
    class Waiter : private Runnable {
    public:
        // Both outlive the waiter.
        Waiter(WaitQueue& queue, Scheduler& scheduler) noexcept
            : queue_(queue), scheduler_(scheduler) {}
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
        ~Waiter() {
            if (waiting_) {
                --queue_.size_;
            }
        }

        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> frame) noexcept {
            frame_ = frame;
            driver_ = &driver_of(frame);
            queue_.waiters_.push_back(*this);
            ++queue_.size_;
            waiting_ = true;
        }
        T await_resume() { return std::move(*value_); }

    protected:
        // For a waiter that has not to wait.
        void set_value(T value) { value_.emplace(std::move(value)); }

    private:
        friend class WaitQueue;
        friend class HookList<Waiter>;

        void resolve(T value) {
            value_.emplace(std::move(value));
            unlink();
            --queue_.size_;
            waiting_ = false;
            scheduler_.schedule(*this);
        }
        void run() noexcept override { driver_->resume(frame_); }

        WaitQueue& queue_;
        Scheduler& scheduler_;
        std::coroutine_handle<> frame_;
        Driver* driver_ = nullptr;
        std::optional<T> value_;
        bool waiting_ = false;
    };

    WaitQueue() = default;
    WaitQueue(const WaitQueue&) = delete;
    WaitQueue& operator=(const WaitQueue&) = delete;
    ~WaitQueue() = default;

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    // Of the waiter that came first; there is one.
    void resolve_front(T value) { waiters_.front().resolve(std::move(value)); }
    void resolve_all(const T& value = {}) {
        while (!empty()) {
            resolve_front(value);
        }
    }

private:
    HookList<Waiter> waiters_;
    std::size_t size_ = 0;
};

}  // namespace social::flow
