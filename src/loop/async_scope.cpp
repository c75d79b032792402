#include "loop/async_scope.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "loop/guard.hpp"

namespace social::loop {

Background::Job::Job(Background& owner, flow::Task<void> task) noexcept
    : owner_(owner), task_(std::move(task)) {}

void Background::Job::start() noexcept {
    started_ = true;
    task_.start(*this);
    settle();
}

void Background::Job::resume(std::coroutine_handle<> waiting) noexcept {
    waiting.resume();
    settle();
}

void Background::Job::settle() noexcept {
    if (!task_.done()) {
        return;
    }
    guard(owner_.log_, "background job", [this] { task_.take(); });
    owner_.turn_soon();
}

void Background::spawn(flow::Task<void> task) {
    jobs_.emplace_back(*this, std::move(task));
    turn_soon();
}

void Background::schedule(flow::Runnable& next) noexcept {
    ready_.push_back(next);
    turn_soon();
}

// A timer takes another turn of the loop, and somebody may wait for the job.
void Background::turn_soon() noexcept {
    if (looping_) {
        turn_.post();
    } else {
        turn_.arm(std::chrono::milliseconds::zero());
    }
}

std::size_t Background::running() const noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(jobs_, [](const Job& job) { return !job.done(); }));
}

void Background::turn() noexcept {
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
