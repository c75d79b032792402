// OpenID Connect on top of OAuth 2.0. Discovery supplies the provider's endpoints. The id token is
// verified before any token is used (RFC 9700 §2.1.1).
#pragma once

#include "base/secret.hpp"
#include "coro/task.hpp"
#include "flow/ports.hpp"
#include "flow/token_set.hpp"
#include "oauth/callback_reply.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::flow {

// Returns the provider with its discovered endpoints, or unchanged if it is no OpenID provider.
// `provider` and `ports` outlive the Task. Throws Failure (provider_unavailable or
// provider_rejected) if the metadata is unavailable.
[[nodiscard]] Task<oauth::Provider> resolved(const oauth::Provider& provider, Ports& ports);

// Returns the code of an authorization response. May fetch the provider's metadata, and never calls
// the token endpoint. `provider`, `reply` and `ports` outlive the Task. Throws Failure:
//
// 1. The metadata is unavailable: provider_unavailable, provider_rejected.
// 2. The response is from another issuer (RFC 9207 §2.4): bad_callback.
// 3. Otherwise the errors of oauth::granted_code().
[[nodiscard]] Task<base::Secret> openid_code(const oauth::Provider& provider,
                                             const oauth::CallbackReply& reply, Ports& ports);

// Exchanges the code. `provider`, `login` and `ports` outlive the Task. Throws Failure in cases 1
// to 3:
//
// 1. The code exchange fails: as in flow/exchange_code.
// 2. The id token is missing or invalid: provider_rejected.
// 3. userinfo describes another user than the id token: provider_rejected.
// 4. Otherwise the profile is that of userinfo, or of the id token if there is no such endpoint.
[[nodiscard]] Task<TokenSet> exchange_openid_code(const oauth::Provider& provider,
                                                  const session::Login& login, base::Secret code,
                                                  Ports& ports);

}  // namespace social::flow
