// The user's access token for a proxied request to the provider's API. flow/app_token has the token
// of the application.
//
// 1. The session id is invalid or unknown, or the session has expired: not_found.
// 2. The session belongs to another site or provider: not_found.
// 3. The provider has revoked the grant: not_found.
// 4. The access token has expired and the refresh fails: provider_unavailable.
// 5. The store is unreachable: store_unavailable, unless an unexpired token is cached.
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
    std::string id;    // the session id
    std::string site;  // the id of the requesting site
};

// `provider`, `refresh_context` and all that it refers to outlive the Task. Throws Failure as
// above.
[[nodiscard]] Task<oauth::UserToken> user_token(const oauth::Provider& provider, SessionUser user,
                                                const RefreshContext& refresh_context);

}  // namespace social::flow
