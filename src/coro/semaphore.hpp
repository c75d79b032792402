// Bounds how many coroutines are in one piece of work at a time: `co_await` of an Acquire gives
// a Permit. Where none is left it waits, first come first served; a Permit that is destroyed goes
// to the next one.
#pragma once

#include <cstddef>
#include <utility>

#include "coro/wait_queue.hpp"

namespace social::flow {

class Semaphore;

class Permit {
public:
    Permit(Permit&& other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
    Permit& operator=(Permit&&) = delete;
    inline ~Permit();

private:
    friend class Semaphore;
    explicit Permit(Semaphore& semaphore) noexcept : semaphore_(&semaphore) {}

    Semaphore* semaphore_;  // none: moved from
};

// Outlives its permits and the coroutines that wait for one.
class Semaphore {
public:
    class Acquire : public WaitQueue<Permit>::Waiter {
    public:
        explicit Acquire(Semaphore& semaphore) noexcept
            : Waiter(semaphore.waiters_, semaphore.scheduler_), semaphore_(semaphore) {}

        [[nodiscard]] bool await_ready() noexcept {
            if (semaphore_.free_ == 0) {
                return false;
            }
            --semaphore_.free_;
            set_value(Permit(semaphore_));
            return true;
        }

    private:
        Semaphore& semaphore_;
    };

    // `scheduler` outlives it.
    Semaphore(std::size_t permits, Scheduler& scheduler) noexcept
        : free_(permits), scheduler_(scheduler) {}
    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;
    ~Semaphore() = default;

private:
    friend class Permit;
    void release() noexcept {
        if (waiters_.empty()) {
            ++free_;
        } else {
            waiters_.resolve_front(Permit(*this));
        }
    }

    std::size_t free_;
    Scheduler& scheduler_;
    WaitQueue<Permit> waiters_;
};

Permit::~Permit() {
    if (semaphore_ != nullptr) {
        semaphore_->release();
    }
}

}  // namespace social::flow
