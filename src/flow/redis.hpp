// Port: Redis, for the stores. The same for one server, Sentinel and Cluster. redis_client/
// implements it on nginx's event loop. Unit tests use a fake.
#pragma once

#include "coro/task.hpp"
#include "redis/command.hpp"
#include "redis/reply.hpp"

namespace social::flow {

class Redis {
public:
    // Sends the command and returns its reply. An error about the command (WRONGTYPE, an error of a
    // script) is a reply of type error.
    //
    // Throws Failure (store_unavailable, with the cause in `detail`) within the configured
    // time-out:
    // 1. The server is unreachable, or does not reply in time.
    // 2. It is loading, read-only, failing over or out of memory.
    // 3. Authentication fails.
    // 4. The circuit breaker is open.
    //
    // Commands of one loop iteration share a write. Destroying the Task discards the reply; Redis
    // may have executed the command.
    virtual Task<redis::Reply> call(redis::Command command) = 0;

protected:
    ~Redis() = default;
};

}  // namespace social::flow
