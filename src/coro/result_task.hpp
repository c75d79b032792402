// A flow fails by throwing Failure, so its code shows the success path alone.
//
// value() unwraps the Result of pure code, or throws. as_result() turns a Failure into a Result,
// for a step that may fail while its flow continues.
//
// These files catch exceptions. t/tools/check-rules refuses any other catch:
//
// 1. coro/result_task.hpp, for a step that may fail while its flow continues. It returns a Result.
// 2. request/request_task.hpp, for the coroutine of a request. It sends the error response.
// 3. loop/guard.hpp and loop/guard.cpp, in every function that C calls. They log the error.
// 4. conf/directive.hpp, for a directive. It fails the configuration test (`nginx -t`).
// 5. redis_client/redis_reply.cpp, for the reader of hiredis. It returns a failure to hiredis.
// 6. request/request_line.cpp, for nginx's log handler, which must not log. It writes "-".
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

// Throws Failure with the error of `result`.
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

// Returns the error of a Failure. Other exceptions pass through.
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
