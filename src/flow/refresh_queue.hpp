// Port: the sessions whose tokens want refreshing, in the order of their times.
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
    std::size_t limit = 0;
    std::int64_t lease = 0;  // seconds, over 0
};

// Throws Failure (store_unavailable) when the store cannot do it.
class RefreshQueue {
public:
    // At most `limit` sessions whose refresh_at has come, for this caller alone: nobody gets
    // them again for `lease` seconds, unless they are saved with another refresh_at.
    virtual Task<std::vector<DueSession>> claim_due(DueLimits limits) = 0;

protected:
    ~RefreshQueue() = default;
};

}  // namespace social::flow
