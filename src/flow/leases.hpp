// Port: leases, by which one worker of all (and instances) does a piece of work. See flow/lease for
// work that is done under one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "coro/task.hpp"

namespace social::flow {

// A lease is something that one holder has at a time, over all workers (and instances),
// for as long as it keeps claiming it. Who dies loses it after `time`.
class LeaseClaim {
public:
    LeaseClaim(std::string what, std::uint64_t who, std::chrono::milliseconds term)
        : name(std::move(what)), holder(who), time(term) {}

    std::string name;
    std::uint64_t holder;  // random
    std::chrono::milliseconds time;
};

// Every member throws Failure (store_unavailable) when the store cannot do it.
class Leases {
public:
    // True when `claim.holder` has the lease now: it was free, had run out, or was the
    // holder's already, whose time begins anew.
    virtual Task<bool> claim_lease(LeaseClaim claim) = 0;

    // Frees it, unless somebody else has it.
    virtual Task<void> release_lease(LeaseClaim claim) = 0;

protected:
    ~Leases() = default;
};

}  // namespace social::flow
