// The conversations of an OAuth 1.0a login with the provider (RFC 5849 §2): temporary
// credentials when it begins, token credentials and the profile when it ends.
#pragma once

#include "base/secret.hpp"
#include "coro/task.hpp"
#include "flow/ports.hpp"
#include "flow/token_set.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::flow {

// Sets the login's request token and secret; its state and callback_url are set. `provider`,
// `login` and `ports` outlive the Tasks.
[[nodiscard]] Task<void> request_temporary_credentials(const oauth::Provider& provider,
                                                       session::Login& login, Ports& ports);

// Sends the verifier once and never again, whatever happens.
[[nodiscard]] Task<TokenSet> exchange_verifier(const oauth::Provider& provider,
                                               const session::Login& login, base::Secret verifier,
                                               Ports& ports);

}  // namespace social::flow
