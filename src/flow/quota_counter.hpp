// Port: the uses of quotas, counted over all workers (and instances).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "coro/task.hpp"

namespace social::flow {

// One use of something that may be used so often in a window of time.
struct QuotaUse {
    std::string_view counter;  // its name; the same in every worker; outlives the awaited call
    std::uint64_t limit = 0;   // uses in one window
    std::int64_t now = 0;      // Unix seconds
    std::int64_t ends_at = 0;
    // The counters that share an allowance with this one, where memory bounds their number; "":
    // none. It outlives the awaited call.
    std::string_view group;
};

struct Admission {
    bool admitted = false;
    std::uint64_t count = 0;  // admitted in this window, with this one
};

class QuotaCounter {
public:
    // Counts one more use, unless `limit` were counted: over all workers (and
    // instances) never more than that are admitted. A refused one is not counted.
    // Throws Failure (store_unavailable) when nothing is known of the counter.
    virtual Task<Admission> admit(QuotaUse use) = 0;

    // The same without waiting, for the requests that wait for nothing else; nothing, and
    // nothing is counted, where it takes admit() to know.
    virtual std::optional<Admission> try_acquire(const QuotaUse& use) = 0;

protected:
    ~QuotaCounter() = default;
};

}  // namespace social::flow
