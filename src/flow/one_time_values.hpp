// Port: one-time values, for example the id of a login. store/ implements it.
#pragma once

#include <cstdint>
#include <string>

#include "coro/task.hpp"

namespace social::flow {

// Every Task throws Failure (store_unavailable) if the store fails.
class OneTimeValues {
public:
    // Consumes the value. Returns true to one caller over all workers and instances, and false to
    // all later ones for `ttl` seconds.
    virtual Task<bool> consume(std::string once, std::int64_t ttl) = 0;

protected:
    ~OneTimeValues() = default;
};

}  // namespace social::flow
