// Redis as the store sees it: one server, a primary that Sentinel names, or a cluster, all the
// same. loop/ implements it on nginx's event loop; unit tests with a fake.
#pragma once

#include "coro/task.hpp"
#include "redis/command.hpp"
#include "redis/reply.hpp"

namespace social::flow {

class Redis {
public:
    // The answer, which is never one of Redis' errors about itself: where the server cannot be
    // reached, is late, loading, read-only, failing over or out of memory, where it refuses the
    // password, or where the circuit breaker is open, this throws Failure (store_unavailable)
    // with what happened in `detail`, within the configured time-out. An error about the command
    // (WRONGTYPE, a script's own) is a reply of type error. Commands of one turn of the loop
    // share a write. Destroying the Task forgets the answer; the command may have been executed.
    virtual Task<redis::Reply> call(redis::Command command) = 0;

protected:
    ~Redis() = default;
};

}  // namespace social::flow
