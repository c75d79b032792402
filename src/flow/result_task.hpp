// How a flow fails: it throws Failure, and the driver of its root Task catches it. So a flow
// shows only its happy path.
//
// value() unwraps the Result of pure code or throws. attempt() does the opposite for the few steps
// that may fail without failing the flow: it turns a Failure into a Result.
#pragma once

#include <exception>
#include <utility>

#include "base/error.hpp"
#include "flow/task.hpp"

namespace social::flow {

class Failure : public std::exception {
public:
    explicit Failure(Error error) noexcept : error_(std::move(error)) {}
    [[nodiscard]] const Error& error() const noexcept { return error_; }
    [[nodiscard]] const char* what() const noexcept override { return "social::flow::Failure"; }

private:
    Error error_;
};

template <class T>
[[nodiscard]] T value(Result<T> result) {
    if (!result) {
        throw Failure(std::move(result.error()));
    }
    return std::move(*result);
}

inline void value(Result<void> result) {
    if (!result) {
        throw Failure(std::move(result.error()));
    }
}

// Other exceptions than Failure pass through.
template <class T>
Task<Result<T>> attempt(Task<T> task) {
    try {
        T value = co_await task;
        co_return Result<T>(std::move(value));
    } catch (const Failure& failure) {
        co_return Result<T>(std::unexpected(failure.error()));
    }
}

}  // namespace social::flow
