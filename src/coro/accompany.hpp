// accompanied(): runs a Task and, beside it, company that has no end of its own: a lease
// that is kept while the work lasts. The company ends, cancelled, when the Task does;
// an exception of either ends both.
#pragma once

#include <array>
#include <optional>
#include <utility>

#include "coro/task.hpp"
#include "coro/when_all.hpp"

namespace social::flow {

inline Branch company_of(Join& /*join*/, Task<void> company) {
    co_await company;
    co_return;
}

template <class T>
Task<T> accompanied(Task<T> task, Task<void> company) {
    Join join(1);
    std::optional<T> place;
    std::array<Branch, 2> branches{branch_of(join, std::move(task), place),
                                   company_of(join, std::move(company))};
    Gathering gathering(join, branches);
    co_await gathering;
    T value = std::move(*place);
    co_return value;
}

// Runs both until the first of them ends; that cancels the other.
inline Task<void> when_any(Task<void> one, Task<void> other) {
    Join join(1);
    std::array<Branch, 2> branches{company_of(join, std::move(one)),
                                   company_of(join, std::move(other))};
    Gathering gathering(join, branches);
    co_await gathering;
}

}  // namespace social::flow
