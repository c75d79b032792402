// Runs a task together with an endless background task, for example lease renewal.
#pragma once

#include <array>
#include <optional>
#include <utility>

#include "coro/task.hpp"
#include "coro/when_all.hpp"

namespace social::flow {

inline Branch background_of(Join& /*join*/, Task<void> background) {
    co_await background;
    co_return;
}

// Cancels `background`, which must not complete, when `task` completes. An exception of one cancels
// the other and is rethrown.
template <class T>
Task<T> with_background_task(Task<T> task, Task<void> background) {
    Join join(1);
    std::optional<T> result;
    std::array<Branch, 2> branches{branch_of(join, std::move(task), result),
                                   background_of(join, std::move(background))};
    WhenAllAwaiter awaiter(join, branches);
    co_await awaiter;
    T value = std::move(*result);
    co_return value;
}

// Runs both until one completes, and cancels the other. Rethrows an exception of either.
inline Task<void> when_any(Task<void> one, Task<void> other) {
    Join join(1);
    std::array<Branch, 2> branches{background_of(join, std::move(one)),
                                   background_of(join, std::move(other))};
    WhenAllAwaiter awaiter(join, branches);
    co_await awaiter;
}

}  // namespace social::flow
