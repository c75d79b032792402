// How a flow fails: it throws Failure, and the driver has the one catch. So a
// flow shows only its happy path; value() turns the Result of pure code into
// its value or that exception.
#pragma once

#include <exception>
#include <utility>

#include "base/error.hpp"

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

}  // namespace social::flow
