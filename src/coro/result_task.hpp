// How a flow fails: it throws Failure. So a flow shows only its happy path.
//
// value() unwraps the Result of pure code or throws. as_result() does the opposite for the few
// steps that may fail without failing the flow: it turns a Failure into a Result.
//
// Exceptions are caught in these files, and t/tools/check-rules allows no other catch:
//
// 1. coro/result_task.hpp, for a step that may fail without failing its flow: a Result.
// 2. request/request_task.hpp, which runs the coroutine of a request: the answer to an error.
// 3. loop/guard.hpp and loop/guard.cpp, in every function that C calls: a line of the error log.
// 4. conf/directive.hpp, for a directive of the configuration: the error of `nginx -t`.
// 5. redis_client/redis_reply.cpp and request/request_line.cpp, whose callers in C must not log: a
// failure
//    that the caller understands.
#pragma once

#include <exception>
#include <utility>

#include "base/error.hpp"
#include "coro/task.hpp"

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
Task<Result<T>> as_result(Task<T> task) {
    try {
        T value = co_await task;
        co_return Result<T>(std::move(value));
    } catch (const Failure& failure) {
        co_return Result<T>(std::unexpected(failure.error()));
    }
}

}  // namespace social::flow
