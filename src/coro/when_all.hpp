// when_all(): runs Tasks concurrently and returns all their values.
//
// The parent resumes when the last child has completed, or at the first exception of a child. It
// rethrows that exception. The other children are suspended at that moment, and are cancelled with
// the parent's frame, which owns them. Destroying the parent cancels every child in the same way.
// A child may complete synchronously, while it is started.
#pragma once

#include <array>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "coro/task.hpp"

namespace social::flow {

// The join counter of one when_all(). Lives in the parent's frame and outlives its branches.
//
// States:
// 1. Starting: await_suspend() is on the stack, and arrivals are only counted.
// 2. Waiting: the arrival that settles it resumes the parent.
// 3. Settled.
class Join {
public:
    explicit Join(std::size_t branches) noexcept : missing_(branches) {}

    void fail(std::exception_ptr error) noexcept {
        if (!error_) {
            error_ = std::move(error);
        }
    }
    [[nodiscard]] bool settled() const noexcept { return error_ || missing_ == 0; }

    void wait_with(std::coroutine_handle<> parent) noexcept { parent_ = parent; }

    // Called by a branch that has completed. Returns the coroutine to resume next.
    [[nodiscard]] std::coroutine_handle<> arrive() noexcept {
        --missing_;
        if (parent_ && settled()) {
            return std::exchange(parent_, {});
        }
        return std::noop_coroutine();
    }

    void rethrow_error() const {
        if (error_) {
            std::rethrow_exception(error_);
        }
    }

private:
    std::coroutine_handle<> parent_;
    std::exception_ptr error_;
    std::size_t missing_;
};

// Wraps one child in a coroutine that stores its value and notifies the Join on completion.
class Branch {
public:
    class promise_type : public PromiseBase {
    public:
        template <class... Rest>
        explicit promise_type(Join& join, Rest&... /*rest*/) noexcept : join_(join) {}

        Branch get_return_object() noexcept { return Branch(Handle::from_promise(*this)); }
        void unhandled_exception() noexcept { join_.fail(std::current_exception()); }
        void return_void() const noexcept {}

        struct Arrival {
            [[nodiscard]] bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept {
                return h.promise().join_.arrive();
            }
            void await_resume() const noexcept {}
        };
        [[nodiscard]] Arrival final_suspend() const noexcept { return {}; }

    private:
        Join& join_;
    };
    using Handle = std::coroutine_handle<promise_type>;

    Branch(Branch&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    Branch& operator=(Branch&&) = delete;
    Branch(const Branch&) = delete;
    Branch& operator=(const Branch&) = delete;
    ~Branch() {
        if (frame_) {
            frame_.destroy();
        }
    }

    void start(Driver& driver) {
        frame_.promise().driver = &driver;
        frame_.resume();
    }

private:
    explicit Branch(Handle frame) noexcept : frame_(frame) {}
    Handle frame_;
};

// Starts the branches in order, stops at a failure, and waits for the Join.
class WhenAllAwaiter {
public:
    WhenAllAwaiter(Join& join, std::span<Branch> branches) noexcept
        : join_(join), branches_(branches) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    template <class Waiting>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<Waiting> parent) {
        for (Branch& branch : branches_) {
            branch.start(driver_of(parent));
            if (join_.settled()) {
                return false;
            }
        }
        join_.wait_with(parent);
        return true;
    }

    void await_resume() const { join_.rethrow_error(); }

private:
    Join& join_;
    std::span<Branch> branches_;
};

template <class T>
Branch branch_of(Join& /*join*/, Task<T> task, std::optional<T>& result) {
    T value = co_await task;
    result.emplace(std::move(value));
    co_return;
}

// Rethrows the first exception of a child.
template <class... T>
Task<std::tuple<T...>> when_all(Task<T>... tasks) {
    static_assert(sizeof...(T) >= 2 && !(std::is_void_v<T> || ...));
    Join join(sizeof...(T));
    std::tuple<std::optional<T>...> results;
    auto make = [&join, &tasks...](std::optional<T>&... result) {
        return std::array<Branch, sizeof...(T)>{branch_of(join, std::move(tasks), result)...};
    };
    std::array<Branch, sizeof...(T)> branches = std::apply(make, results);
    WhenAllAwaiter awaiter(join, branches);
    co_await awaiter;
    auto collect = [](std::optional<T>&... result) {
        return std::tuple<T...>(std::move(*result)...);
    };
    co_return std::apply(collect, results);
}

// The same for any number of Tasks, also none. Returns the values in the order of the Tasks.
template <class T>
Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
    std::vector<T> values;
    if (tasks.empty()) {
        co_return values;
    }
    Join join(tasks.size());
    std::vector<std::optional<T>> results(tasks.size());
    std::vector<Branch> branches;
    branches.reserve(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        branches.push_back(branch_of(join, std::move(tasks[i]), results[i]));
    }
    WhenAllAwaiter awaiter(join, branches);
    co_await awaiter;
    values.reserve(results.size());
    for (std::optional<T>& result : results) {
        values.push_back(std::move(*result));
    }
    co_return values;
}

}  // namespace social::flow
