// attempt(): a Task whose failure is an answer, for the few steps that may fail
// without failing the flow. It holds the one catch of this folder: everything else
// that a flow throws goes through to its driver.
#pragma once

#include <utility>

#include "base/error.hpp"
#include "flow/failure.hpp"
#include "flow/task.hpp"

namespace social::flow {

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
