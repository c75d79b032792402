// Port: counts the uses of quotas over all workers and instances. store/ implements it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "coro/task.hpp"

namespace social::flow {

// One use of a quota in a fixed window.
struct QuotaUse {
    std::string_view counter;  // its name, the same in every worker; outlives the awaited call
    std::uint64_t limit = 0;   // uses per window
    std::int64_t now = 0;      // Unix seconds
    std::int64_t ends_at = 0;  // the end of the window, in Unix seconds

    // The group of counters that share an allowance of memory with this one; "": none. Outlives the
    // awaited call.
    std::string_view group;
};

struct Admission {
    bool admitted = false;
    std::uint64_t count = 0;  // admitted uses in this window, including this one
};

class QuotaCounter {
public:
    // Counts one use and admits it, unless `limit` uses are counted. At most `limit` uses are
    // admitted over all workers and instances. Throws Failure (store_unavailable) if the store
    // fails, or has no room for the counter.
    virtual Task<Admission> admit(QuotaUse use) = 0;

    // The same without suspending. Returns nullopt and counts nothing if the result needs admit().
    virtual std::optional<Admission> try_acquire(const QuotaUse& use) = 0;

protected:
    ~QuotaCounter() = default;
};

}  // namespace social::flow
