// OpenID Connect on top of an OAuth 2.0 login: the provider's own endpoints, and the id
// token that must be proven before any token is used (RFC 9700 §2.1.1).
#pragma once

#include "flow/grant.hpp"
#include "flow/ports.hpp"
#include "flow/task.hpp"
#include "oauth/callback_reply.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::flow {

// The provider with the endpoints that it publishes where its protocol has such, else as it
// is. `provider` and `ports` outlive the Task.
[[nodiscard]] Task<oauth::Provider> resolved(const oauth::Provider& provider, Ports& ports);

// 1. The answer is of another issuer: bad_callback.
// 2. The code is not redeemed: as in flow/oauth2_grant.
// 3. The id token is missing or fails a check: provider_rejected.
// 4. userinfo is of another user than the id token: provider_rejected.
// 5. Otherwise the profile of userinfo, or of the id token where there is no such endpoint.
[[nodiscard]] Task<Grant> openid_grant(const oauth::Provider& provider, const session::Login& login,
                                       const oauth::CallbackReply& reply, Ports& ports);

}  // namespace social::flow
