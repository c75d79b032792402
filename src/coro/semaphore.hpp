// An asynchronous semaphore: bounds the coroutines that run one piece of work at a time.
//
// `co_await` of an Acquire returns a Permit, and waits while none is free. Waiters are served in
// the order of their arrival. The destructor of a Permit hands it to the first waiter.
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

    Semaphore* semaphore_;  // nullptr after a move
};

// Outlives its permits and its waiters.
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

    // `scheduler` outlives the object.
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
