// Work that one caller does at a time over all workers (and instances): under a lease that
// is renewed for as long as the work takes, however long that is, and runs out soon after
// the holder has died.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "coro/task.hpp"
#include "flow/ports.hpp"

namespace social::flow {

// How long a lease outlives its holder, and how often a living one renews it: a holder may
// miss two turns before somebody else takes over.
inline constexpr std::chrono::milliseconds kLeaseTime{3000};
inline constexpr std::chrono::milliseconds kLeaseRenewal{1000};

// The outcome of `work`; nothing, and no work done, while somebody else has the lease.
// `ports` outlives the Task.
[[nodiscard]] Task<std::optional<Error>> under_lease(std::string name,
                                                     Task<std::optional<Error>> work, Ports& ports);

}  // namespace social::flow
