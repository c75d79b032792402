// OpenID Connect on top of an OAuth 2.0 login: the provider's own endpoints, and the id
// token that must be proven before any token is used (RFC 9700 §2.1.1).
#pragma once

#include "base/secret.hpp"
#include "coro/task.hpp"
#include "flow/ports.hpp"
#include "flow/token_set.hpp"
#include "oauth/callback_reply.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::flow {

// The provider with the endpoints that it publishes where its protocol has such, else as it
// is. `provider` and `ports` outlive the Task.
[[nodiscard]] Task<oauth::Provider> resolved(const oauth::Provider& provider, Ports& ports);

// The code of a reply. It may fetch the provider's metadata, and never calls its token endpoint.
//
// 1. The metadata is unavailable: provider_unavailable, provider_rejected.
// 2. The reply is from another issuer (RFC 9207 §2.4): bad_callback.
// 3. Otherwise as oauth::granted_code().
[[nodiscard]] Task<base::Secret> openid_code(const oauth::Provider& provider,
                                             const oauth::CallbackReply& reply, Ports& ports);

// 1. The code is not redeemed: as in flow/exchange_code.
// 2. The id token is missing or fails a check: provider_rejected.
// 3. userinfo is of another user than the id token: provider_rejected.
// 4. Otherwise the profile of userinfo, or of the id token where there is no such endpoint.
[[nodiscard]] Task<TokenSet> exchange_openid_code(const oauth::Provider& provider,
                                                  const session::Login& login, base::Secret code,
                                                  Ports& ports);

}  // namespace social::flow
