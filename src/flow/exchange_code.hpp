// The code exchange of OAuth 2.0 (RFC 6749 §4.1.3, §4.1.4), in this order:
// 1. Exchanges the code for an access token.
// 2. Exchanges that for a long-lived token, if the provider's type has one.
// 3. Reads profile and accounts concurrently.
//
// The code is sent once and never retried.
#pragma once

#include "coro/task.hpp"
#include "flow/ports.hpp"
#include "flow/token_set.hpp"
#include "oauth/provider.hpp"
#include "oauth/token_reply.hpp"
#include "session/login.hpp"

namespace social::flow {

// `provider`, `login` and `ports` outlive the Tasks. They throw Failure: provider_rejected, or
// provider_unavailable.
[[nodiscard]] Task<TokenSet> exchange_code(const oauth::Provider& provider,
                                           const session::Login& login, base::Secret code,
                                           Ports& ports);

// Steps 1 and 2 alone, for OpenID Connect.
[[nodiscard]] Task<oauth::TokenReply> exchange_code_for_tokens(const oauth::Provider& provider,
                                                               const session::Login& login,
                                                               base::Secret code, Ports& ports);

[[nodiscard]] Task<base::Json> read_profile(const oauth::Provider& provider, base::Secret token,
                                            Ports& ports);

// Returns a TokenSet without profile and accounts. `now`, in Unix seconds, is when `tokens` were
// received.
[[nodiscard]] TokenSet token_set_from(const oauth::TokenReply& tokens, std::int64_t now);

}  // namespace social::flow
