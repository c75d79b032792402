// A driver and an awaiter for tests of flows. Suspended coroutines wait in a queue that the test
// advances. So it can stop, fail or destroy a flow at each await.
#pragma once

#include <algorithm>
#include <coroutine>
#include <deque>
#include <stdexcept>

#include "coro/scheduler.hpp"
#include "coro/task.hpp"

namespace social::test {

// If `asynchronous` is false, no wait suspends.
class Turns final : public flow::Scheduler {
public:
    class Wait {
    public:
        explicit Wait(Turns& turns) : turns_(turns) {}
        Wait(const Wait&) = delete;
        Wait& operator=(const Wait&) = delete;
        ~Wait() { std::erase(turns_.queue_, this); }

        [[nodiscard]] bool await_ready() const noexcept { return !turns_.asynchronous; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> waiting) {
            waiting_ = waiting;
            driver_ = &flow::driver_of(waiting);
            turns_.queue_.push_back(this);
        }
        void await_resume() const noexcept {}

    private:
        friend class Turns;
        Turns& turns_;
        std::coroutine_handle<> waiting_;
        flow::Driver* driver_ = nullptr;
    };

    bool asynchronous = true;

    [[nodiscard]] std::size_t waiting() const noexcept { return queue_.size(); }

    void schedule(flow::Runnable& next) noexcept override { ready_.push_back(next); }

    // Resumes the wait at `index`, after all scheduled objects. Returns false if there is none.
    bool step(std::size_t index = 0) {
        bool ran = false;
        for (; !ready_.empty(); ran = true) {
            flow::Runnable& next = ready_.front();
            next.unlink();
            next.run();
        }
        if (ran) {
            return true;
        }
        if (index >= queue_.size()) {
            return false;
        }
        Wait* wait = queue_[index];
        queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(index));
        wait->driver_->resume(wait->waiting_);
        return true;
    }

private:
    flow::HookList<flow::Runnable> ready_;
    std::deque<Wait*> queue_;
};

class TestDriver final : public flow::Driver {
public:
    void resume(std::coroutine_handle<> waiting) noexcept override {
        ++resumed;
        waiting.resume();
    }
    int resumed = 0;
};

// Runs `task` to completion.
template <class T>
T run(flow::Task<T>& task, Turns& turns) {
    TestDriver driver;
    task.start(driver);
    while (!task.done() && turns.step()) {
    }
    if (!task.done()) {
        throw std::logic_error("the flow waits for nothing");
    }
    return task.take();
}

}  // namespace social::test
