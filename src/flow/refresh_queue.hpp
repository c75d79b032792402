// Port: the sessions whose tokens need a refresh, in the order of their due times. store/
// implements it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "coro/task.hpp"
#include "session/record.hpp"

namespace social::flow {

struct DueSession {
    session::StoreKey key{};
    std::uint64_t generation = 0;
};

struct DueLimits {
    std::size_t limit = 0;   // sessions
    std::int64_t lease = 0;  // seconds, over 0
};

// Every Task throws Failure (store_unavailable) if the store fails.
class RefreshQueue {
public:
    // Claims up to `limit` sessions whose refresh_at has passed. No other caller gets them for
    // `lease` seconds, unless they are saved with another refresh_at.
    virtual Task<std::vector<DueSession>> claim_due(DueLimits limits) = 0;

protected:
    ~RefreshQueue() = default;
};

}  // namespace social::flow
