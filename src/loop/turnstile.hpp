// Bounds how many frames are in one piece of work at a time: `co_await Entry(turnstile)`
// gives a Pass, and whoever finds no place waits, first come first served. A Pass that dies
// lets the next one in.
//
// A Turnstile belongs to a worker's services and outlives the frames that wait at it.
#pragma once

#include <coroutine>
#include <cstddef>
#include <list>
#include <utility>

#include "loop/wakeup.hpp"

namespace social::loop {

class Entry;

class Turnstile {
public:
    explicit Turnstile(std::size_t places) noexcept : free_(places) {}
    Turnstile(const Turnstile&) = delete;
    Turnstile& operator=(const Turnstile&) = delete;

private:
    friend class Entry;
    friend class Pass;
    void leave() noexcept;

    std::size_t free_;
    std::list<Entry*> waiting_;
};

class Pass {
public:
    explicit Pass(Turnstile& turnstile) noexcept : turnstile_(&turnstile) {}
    Pass(Pass&& other) noexcept : turnstile_(std::exchange(other.turnstile_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
        if (turnstile_ != nullptr) {
            turnstile_->leave();
        }
    }

private:
    Turnstile* turnstile_;  // none: moved from
};

class Entry {
public:
    explicit Entry(Turnstile& turnstile) noexcept : turnstile_(turnstile) {}
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() {
        if (state_ == State::waiting) {
            turnstile_.waiting_.remove(this);
        } else if (state_ == State::admitted) {
            turnstile_.leave();
        }
    }

    [[nodiscard]] bool await_ready() noexcept {
        if (turnstile_.free_ == 0) {
            return false;
        }
        --turnstile_.free_;
        state_ = State::admitted;
        return true;
    }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
        wakeup_.hold(frame);
        turnstile_.waiting_.push_back(this);
        state_ = State::waiting;
    }
    [[nodiscard]] Pass await_resume() noexcept {
        state_ = State::passed;
        return Pass(turnstile_);
    }

private:
    friend class Turnstile;
    // outside → waiting → admitted (the wake-up is posted) → passed (a Pass has the place).
    enum class State : unsigned char { outside, waiting, admitted, passed };

    Turnstile& turnstile_;
    State state_ = State::outside;
    Wakeup wakeup_;
};

inline void Turnstile::leave() noexcept {
    if (waiting_.empty()) {
        ++free_;
        return;
    }
    Entry* next = waiting_.front();
    waiting_.pop_front();
    next->state_ = Entry::State::admitted;
    next->wakeup_.post();
}

}  // namespace social::loop
