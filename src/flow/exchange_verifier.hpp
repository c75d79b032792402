// The requests of an OAuth 1.0a login to the provider (RFC 5849 §2). A login starts with temporary
// credentials. It ends with token credentials and the profile.
#pragma once

#include "base/secret.hpp"
#include "coro/task.hpp"
#include "flow/ports.hpp"
#include "flow/token_set.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::flow {

// RFC 5849 §2.1. Sets the login's request token and secret. Precondition: `login` has its state and
// callback_url. `provider`, `login` and `ports` outlive the Tasks. They throw Failure:
// provider_rejected or provider_unavailable.
[[nodiscard]] Task<void> request_temporary_credentials(const oauth::Provider& provider,
                                                       session::Login& login, Ports& ports);

// RFC 5849 §2.3. Sends the verifier once and never retries it.
[[nodiscard]] Task<TokenSet> exchange_verifier(const oauth::Provider& provider,
                                               const session::Login& login, base::Secret verifier,
                                               Ports& ports);

}  // namespace social::flow
