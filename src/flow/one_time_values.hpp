// Port: values that are good for one use, as the id of a login.
#pragma once

#include <cstdint>
#include <string>

#include "coro/task.hpp"

namespace social::flow {

// Throws Failure (store_unavailable) when the store cannot do it.
class OneTimeValues {
public:
    // Marks a one-time value (a login's id) as used for `ttl` seconds: true for
    // exactly one caller over all workers (and instances), false ever after.
    virtual Task<bool> consume(std::string once, std::int64_t ttl) = 0;

protected:
    ~OneTimeValues() = default;
};

}  // namespace social::flow
