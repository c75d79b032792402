// A queue of coroutines that wait for an event of their own worker, in the order of their arrival.
//
//     WaitQueue<int>::Waiter waiter(queue, scheduler);
//     const int value = co_await waiter;
//
// resolve_front() and resolve_all() set the value of waiters. The scheduler resumes them later.
// Destroying a frame cancels its waiter, before and after it is resolved. A WaitQueue<> is a
// condition variable: a resumed waiter checks its condition again.
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
    // States: created → waiting (in the queue) → resolved (has a value, is scheduled) → resumed.
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
        // For a derived awaiter that is ready without waiting.
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

    // Resolves the oldest waiter. The queue is not empty.
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
