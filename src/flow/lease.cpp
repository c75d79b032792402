#include "flow/lease.hpp"

#include <utility>

#include "base/random.hpp"
#include "coro/result_task.hpp"
#include "coro/with_background_task.hpp"

namespace social::flow {

namespace {

using Outcome = std::optional<Error>;

Task<bool> claim(LeaseClaim lease, Ports& ports) {
    co_return co_await ports.leases.claim_lease(std::move(lease));
}

Task<bool> release(LeaseClaim lease, Ports& ports) {
    co_await ports.leases.release_lease(std::move(lease));
    co_return true;
}

// Ignores errors: the store may recover before the lease expires.
Task<void> keep(LeaseClaim lease, Ports& ports) {
    while (true) {
        co_await ports.timer.sleep(kLeaseRenewal);
        static_cast<void>(co_await as_result(claim(lease, ports)));
    }
}

}  // namespace

Task<Outcome> under_lease(std::string name, Task<Outcome> work, Ports& ports) {
    const LeaseClaim lease(std::move(name), base::random_number(), kLeaseTime);
    const bool held = co_await claim(lease, ports);
    if (!held) {
        co_return std::nullopt;
    }
    Task<Outcome> kept = with_background_task(std::move(work), keep(lease, ports));
    Result<Outcome> outcome = co_await as_result(std::move(kept));
    // If this fails, the lease expires.
    static_cast<void>(co_await as_result(release(lease, ports)));
    if (!outcome) {
        co_return std::move(outcome.error());
    }
    co_return std::move(*outcome);
}

}  // namespace social::flow
