// The token of an application itself (client credentials, RFC 6749 §4.4): one for the whole
// gateway, sealed in the store that all workers (and instances) share, fetched once
// however many wait for it, and used to the letter as it came.
//
// 1. There is one, and it is good: that one.
// 2. There is none, its end is near, or it was refused: whoever gets the lease fetches
//    one, the others wait for it.
// 3. The provider fails: provider_unavailable for everybody, and it is left alone for a while.
// 4. The store takes no writes, so nobody may fetch: a token that has not ended is used, else
//    store_unavailable.
#pragma once

#include <optional>

#include "base/secret.hpp"
#include "coro/task.hpp"
#include "crypto/keyring.hpp"
#include "flow/jobs.hpp"
#include "flow/ports.hpp"
#include "oauth/provider.hpp"

namespace social::flow {

// Everything outlives the Tasks.
struct AppTokens {
    const crypto::Keyring& keyring;
    Jobs& jobs;
    Ports& ports;
};

// The provider's type gives tokens to applications.
[[nodiscard]] Task<base::Secret> app_token(const oauth::Provider& provider, AppTokens tokens);

// The provider has refused this token: the next app_token() fetches another, unless that was
// done already. A provider that gives the same one again is believed for a minute, since
// asking too often is refused, too.
[[nodiscard]] Task<std::optional<Error>> drop_app_token(const oauth::Provider& provider,
                                                        base::Secret refused, AppTokens tokens);

}  // namespace social::flow
