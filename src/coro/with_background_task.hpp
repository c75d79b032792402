// with_background_task(): runs a Task and, beside it, background that has no end of its own: a
// lease that is kept while the work lasts. The background ends, cancelled, when the Task does; an
// exception of either ends both.
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

template <class T>
Task<T> with_background_task(Task<T> task, Task<void> background) {
    Join join(1);
    std::optional<T> place;
    std::array<Branch, 2> branches{branch_of(join, std::move(task), place),
                                   background_of(join, std::move(background))};
    WhenAllAwaiter awaiter(join, branches);
    co_await awaiter;
    T value = std::move(*place);
    co_return value;
}

// Runs both until the first of them ends; that cancels the other.
inline Task<void> when_any(Task<void> one, Task<void> other) {
    Join join(1);
    std::array<Branch, 2> branches{background_of(join, std::move(one)),
                                   background_of(join, std::move(other))};
    WhenAllAwaiter awaiter(join, branches);
    co_await awaiter;
}

}  // namespace social::flow
