// The access token of an application (client credentials grant, RFC 6749 §4.4). The store, which
// all workers and instances share, keeps one per application, sealed. Concurrent callers share one
// fetch. The token is sent exactly as received.
//
// 1. The token is not due for a refresh: it is used.
// 2. There is none, it is about to expire, or the API rejected it. The holder of the lease fetches
//    one, and all other callers wait for that.
// 3. The fetch fails: it is retried with backoff. Until then an unexpired token is used, else
//    provider_unavailable.
// 4. The store is read-only, so it grants no lease and nothing is fetched: an unexpired token is
//    used, else store_unavailable.
#pragma once

#include <optional>

#include "base/secret.hpp"
#include "coro/task.hpp"
#include "crypto/keyring.hpp"
#include "flow/jobs.hpp"
#include "flow/ports.hpp"
#include "oauth/provider.hpp"

namespace social::flow {

// All outlive the Tasks.
struct AppTokens {
    const crypto::Keyring& keyring;
    Jobs& jobs;
    Ports& ports;
};

// Precondition: the provider's type has `client_credentials`. `provider` outlives the Task. Throws
// Failure: provider_unavailable or store_unavailable.
[[nodiscard]] Task<base::Secret> app_token(const oauth::Provider& provider, AppTokens tokens);

// Invalidates the token `refused`, which the API rejected: the next app_token() fetches another.
// Does nothing if the token is replaced already, or a fetch is in progress.
//
// A fetch that returns the rejected token again is trusted for a minute, because providers limit
// the rate of fetches.
//
// `provider` outlives the Task. Returns the error of the store, for the log. Throws Failure
// (store_unavailable) if the lease cannot be claimed.
[[nodiscard]] Task<std::optional<Error>> drop_app_token(const oauth::Provider& provider,
                                                        base::Secret refused, AppTokens tokens);

}  // namespace social::flow
