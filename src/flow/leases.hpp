// Port: leases, which exclude all other workers and instances from a piece of work. flow/lease runs
// work under one. store/ implements it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "coro/task.hpp"

namespace social::flow {

// A lease has one holder at a time, over all workers and instances. It expires `time` after the
// holder's last claim.
class LeaseClaim {
public:
    LeaseClaim(std::string what, std::uint64_t who, std::chrono::milliseconds term)
        : name(std::move(what)), holder(who), time(term) {}

    std::string name;
    std::uint64_t holder;  // random
    std::chrono::milliseconds time;
};

// Every Task throws Failure (store_unavailable) if the store fails.
class Leases {
public:
    // Acquires or renews the lease. Returns false while another holder has it.
    virtual Task<bool> claim_lease(LeaseClaim claim) = 0;

    // Releases the lease. Has no effect if another holder has it.
    virtual Task<void> release_lease(LeaseClaim claim) = 0;

protected:
    ~Leases() = default;
};

}  // namespace social::flow
