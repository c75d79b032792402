// Refreshes the access token of a session before it expires (RFC 6749 §6), on reads and in the
// background.
//
// refresh() runs once at a time per session over all workers and instances:
// 1. Another worker holds the lease: does nothing.
// 2. The session is gone, or another worker has just refreshed it: does nothing.
// 3. It cannot be refreshed: it stays until it expires. All limits are checked before the request
//    to the provider. If the configuration lacks its provider, the refresh is postponed.
// 4. The provider issues new tokens: they are stored by compare-and-set before any reader gets
//    them. A failed write is retried with backoff for a minute. If the session was removed
//    meanwhile, it stays removed and the new tokens are revoked.
// 5. The provider returns invalid_grant: the session is removed, unless another worker has
//    refreshed it meanwhile.
// 6. The provider fails or times out: the session stays. The refresh is retried with backoff and
//    the same refresh token, which the provider may still accept.
//
// The refresh is a background job. So a disconnect of the client cannot cancel an exchange that has
// consumed the refresh token. ensure_fresh() waits for it.
//
// A store that is down or read-only grants no lease, so the provider is not called. The job's
// status reports that to readers. They get the cached token until it expires, then
// store_unavailable.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "coro/task.hpp"
#include "flow/jobs.hpp"
#include "flow/ports.hpp"
#include "flow/sessions.hpp"
#include "oauth/provider.hpp"
#include "session/record.hpp"

namespace social::flow {

// Returns the provider of that name, or nullptr if the configuration no longer has it.
using FindProvider = std::function<const oauth::Provider*(std::string_view name)>;

// All outlive the Tasks.
struct RefreshContext {
    const FindProvider& find_provider;
    Sessions& sessions;
    Jobs& jobs;
    Ports& ports;
};

// Returns the error of a failed refresh, for the log; nullopt if it succeeded or was not needed.
// `status` has the store's error while the write of new tokens is retried. `refresh_context`
// outlives the Task. Throws Failure (store_unavailable) if the lease cannot be claimed.
[[nodiscard]] Task<std::optional<Error>> refresh(
    session::StoreKey key, const RefreshContext& refresh_context,
    std::shared_ptr<JobStatus> status = std::make_shared<JobStatus>());

// Starts refresh() as a job, unless it is running in this process. Returns the job's status.
std::shared_ptr<const JobStatus> start_refresh(const session::StoreKey& key,
                                               const RefreshContext& refresh_context);

// The name of the job and of its lease.
[[nodiscard]] std::string refresh_name(const session::StoreKey& key);

// Returns the session with a valid token, or nullopt if it has ended. `record` is the session as
// loaded. `refresh_context` outlives the Task.
//
// 1. An unexpired token is returned unchanged if the refresh takes over 2 seconds or the store
//    fails.
// 2. An expired token is returned if it cannot be refreshed.
// 3. The token has expired and the provider fails: throws Failure (provider_unavailable).
// 4. The token has expired and the store fails: throws Failure (store_unavailable).
[[nodiscard]] Task<std::optional<session::Record>> ensure_fresh(
    session::StoreKey key, session::Record record, const RefreshContext& refresh_context);

}  // namespace social::flow
