#include "loop/async_scope.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "loop/guard.hpp"

namespace social::loop {

AsyncScope::Job::Job(AsyncScope& owner, flow::Task<void> task) noexcept
    : owner_(owner), task_(std::move(task)) {}

void AsyncScope::Job::start() noexcept {
    started_ = true;
    task_.start(*this);
    settle();
}

void AsyncScope::Job::resume(std::coroutine_handle<> waiting) noexcept {
    waiting.resume();
    settle();
}

void AsyncScope::Job::settle() noexcept {
    if (!task_.done()) {
        return;
    }
    guard(owner_.log_, "background job", [this] { task_.take(); });
    owner_.schedule();
}

void AsyncScope::spawn(flow::Task<void> task) {
    jobs_.emplace_back(*this, std::move(task));
    schedule();
}

void AsyncScope::schedule(flow::Runnable& next) noexcept {
    ready_.push_back(next);
    schedule();
}

// A posted event runs in this iteration of the loop; a timer may need another one.
void AsyncScope::schedule() noexcept {
    if (looping_) {
        turn_.post();
    } else {
        turn_.arm(std::chrono::milliseconds::zero());
    }
}

std::size_t AsyncScope::running() const noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(jobs_, [](const Job& job) { return !job.done(); }));
}

void AsyncScope::turn() noexcept {
    looping_ = true;
    for (Job& job : jobs_) {
        if (!job.started()) {
            job.start();
        }
    }
    while (!ready_.empty()) {
        flow::Runnable& next = ready_.front();
        next.unlink();
        next.run();
    }
    jobs_.remove_if([](const Job& job) { return job.done(); });
}

}  // namespace social::loop
