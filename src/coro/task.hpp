// Task<T>: a lazy coroutine with symmetric transfer.
//
// The Task object owns the frame. Destroying a suspended Task destroys its frame, with every
// awaiter and child Task in it. Their destructors cancel the pending operations; nothing else
// cancels.
//
// A Driver runs a root Task: a request (request/request_task.hpp) or a job of the worker
// (loop/async_scope.hpp). co_await passes it from frame to frame. An awaiter finds it in the
// promise of the suspended frame: see driver_of(). An awaiter resumes through the driver, from an
// event handler of its own. It never resumes inside a callback of libcurl or hiredis.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "coro/frame_memory.hpp"

namespace social::flow {

class Driver {
public:
    // Resumes `waiting`, then completes the root Task if it is done.
    // May destroy the driver and the caller's object.
    virtual void resume(std::coroutine_handle<> waiting) noexcept = 0;

protected:
    ~Driver() = default;
};

class PromiseBase {
public:
    std::coroutine_handle<> continuation;
    Driver* driver = nullptr;

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    // Allocates the frame.
    static void* operator new(std::size_t size) { return FrameMemory::of_process().take(size); }
    static void operator delete(void* frame, std::size_t size) noexcept {
        FrameMemory::of_process().give_back(frame, size);
    }

    void unhandled_exception() noexcept { error_ = std::current_exception(); }

    struct Final {
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> h) const noexcept {
            auto next = h.promise().continuation;
            return next ? next : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };
    [[nodiscard]] Final final_suspend() const noexcept { return {}; }

protected:
    void rethrow_error() const {
        if (error_) {
            std::rethrow_exception(error_);
        }
    }

private:
    std::exception_ptr error_;
};

// Returns the driver of the frame `h`, for await_suspend() of leaf awaiters.
template <class Promise>
[[nodiscard]] Driver& driver_of(std::coroutine_handle<Promise> h) noexcept {
    static_assert(std::is_base_of_v<PromiseBase, Promise>);
    return *h.promise().driver;
}

template <class T>
class Promise : public PromiseBase {
public:
    template <class U>
    void return_value(U&& value) {
        value_.emplace(std::forward<U>(value));
    }
    T take() {
        rethrow_error();
        return std::move(*value_);
    }

private:
    std::optional<T> value_;
};

template <>
class Promise<void> : public PromiseBase {
public:
    void return_void() const noexcept {}
    void take() const { rethrow_error(); }
};

template <class T>
class [[nodiscard]] Task {
public:
    class promise_type : public Promise<T> {
    public:
        Task get_return_object() noexcept { return Task(Handle::from_promise(*this)); }
    };
    using Handle = std::coroutine_handle<promise_type>;

    Task() = default;
    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    Task& operator=(Task&& other) noexcept {
        if (this != &other) {
            reset();
            frame_ = std::exchange(other.frame_, {});
        }
        return *this;
    }
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() { reset(); }

    // Destroys the frame, which cancels all pending operations in it.
    void reset() noexcept {
        if (frame_) {
            std::exchange(frame_, {}).destroy();
        }
    }

    // For drivers. start() runs to the first suspension or to completion.
    // take() returns the value of a Task that is done(), or rethrows its exception.
    void start(Driver& driver) {
        frame_.promise().driver = &driver;
        frame_.resume();
    }
    [[nodiscard]] bool done() const noexcept { return frame_ && frame_.done(); }
    T take() { return frame_.promise().take(); }

    class Awaiter {
    public:
        explicit Awaiter(Handle frame) noexcept : frame_(frame) {}
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <class Waiting>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Waiting> waiting) noexcept {
            frame_.promise().continuation = waiting;
            frame_.promise().driver = waiting.promise().driver;
            return frame_;
        }
        T await_resume() { return frame_.promise().take(); }

    private:
        Handle frame_;
    };
    Awaiter operator co_await() const noexcept { return Awaiter(frame_); }

private:
    explicit Task(Handle frame) noexcept : frame_(frame) {}
    Handle frame_{};
};

}  // namespace social::flow
