// Keeps the token of a session good: ahead of its end, when the session is read and when
// nobody reads it.
//
// refresh() is the work, once at a time per session over all workers (and instances):
// 1. Somebody else is at it: nothing.
// 2. The session is gone, or somebody else has renewed it just before: nothing.
// 3. It cannot be renewed any more: it stays as it is until its own end. All limits are checked
//    before the provider is asked.
// 4. The provider renews: the new tokens are stored, by compare-and-set, before anybody
//    sees them. A store that fails is tried again for a minute. A session
//    that was removed meanwhile stays removed, and the new tokens are given back.
// 5. The provider says that the grant is dead: the session ends, unless somebody else has
//    renewed it in the meantime.
// 6. The provider fails or does not answer: the session stays, and is tried again later
//    with the same refresh token, which the provider may still take (RFC 6749 §6).
//
// It runs as a job of its own, because a client that leaves must not cut off an exchange
// that has used up the refresh token. ensure_fresh() is what a reader does meanwhile.
//
// A store that is down or takes no writes grants no lease, so the provider is not called. Readers
// learn of it from the job's status: they get the token that they have until it ends, and
// store_unavailable after that.
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

// The provider of that name, or nullptr where its block is gone from the configuration.
using FindProvider = std::function<const oauth::Provider*(std::string_view name)>;

// What both sides work with; everything outlives the Tasks.
struct RefreshContext {
    const FindProvider& find_provider;
    Sessions& sessions;
    Jobs& jobs;
    Ports& ports;
};

// Why the session was not renewed, for the log; nothing when it was, or need not be. `status` has
// the error of the store while the new tokens wait to be stored.
[[nodiscard]] Task<std::optional<Error>> refresh(
    session::StoreKey key, const RefreshContext& refresh_context,
    std::shared_ptr<JobStatus> status = std::make_shared<JobStatus>());

// Runs it as a job, unless it is running in this process.
std::shared_ptr<const JobStatus> start_refresh(const session::StoreKey& key,
                                               const RefreshContext& refresh_context);

// The name of that work, for Jobs.
[[nodiscard]] std::string refresh_name(const session::StoreKey& key);

// `record` with a good token; nothing when the session has ended. A token that is still
// good is given as it is when the new one takes its time, or when the store fails. Throws Failure
// for one that is not: provider_unavailable while the provider fails, store_unavailable while the
// store does.
[[nodiscard]] Task<std::optional<session::Record>> ensure_fresh(
    session::StoreKey key, session::Record record, const RefreshContext& refresh_context);

}  // namespace social::flow
