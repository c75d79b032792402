// The token of a request that nginx passes on to a provider in a user's name.
//
// The user of a session: not_found for an id that is unknown, expired, of another site or of
// another provider, and for a session that the provider has ended; provider_unavailable
// while its token has run out and the provider fails to renew it. The operator's own
// account. The application itself: flow/app_token.
#pragma once

#include <string>

#include "base/secret.hpp"
#include "coro/task.hpp"
#include "flow/refresh.hpp"
#include "oauth/provider.hpp"
#include "oauth/request_credential.hpp"

namespace social::flow {

class SessionUser {
public:
    std::string id;    // of the session
    std::string site;  // that asks
};

// `provider` and what `refresh_context` refers to outlive the Task.
[[nodiscard]] Task<oauth::UserToken> user_token(const oauth::Provider& provider, SessionUser user,
                                                const RefreshContext& refresh_context);

}  // namespace social::flow
