// Mutual exclusion over all workers and instances, by a lease in the store. The holder renews the
// lease while its work runs. The lease expires soon after the holder has died.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "coro/task.hpp"
#include "flow/ports.hpp"

namespace social::flow {

// A lease outlives its holder by at most kLeaseTime. The interval of renewals lets the holder miss
// two of them.
inline constexpr std::chrono::milliseconds kLeaseTime{3000};
inline constexpr std::chrono::milliseconds kLeaseRenewal{1000};

// Runs `work` under the lease `name`. Returns its error, also one that it throws as Failure.
// Returns nullopt without running it while another caller holds the lease.
//
// `ports` outlives the Task. Throws Failure (store_unavailable) if the lease cannot be claimed.
[[nodiscard]] Task<std::optional<Error>> under_lease(std::string name,
                                                     Task<std::optional<Error>> work, Ports& ports);

}  // namespace social::flow
