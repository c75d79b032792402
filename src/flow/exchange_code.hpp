// The end of an OAuth 2.0 login at the provider (RFC 6749 §4.1.3, §4.1.4): the code for
// a token, the token for one that lives longer where there is such a step, then profile
// and accounts at the same time.
//
// The code is sent once and never again, whatever happens.
#pragma once

#include "coro/task.hpp"
#include "flow/ports.hpp"
#include "flow/token_set.hpp"
#include "oauth/provider.hpp"
#include "oauth/token_reply.hpp"
#include "session/login.hpp"

namespace social::flow {

// `provider`, `login` and `ports` outlive the Tasks.
[[nodiscard]] Task<TokenSet> exchange_code(const oauth::Provider& provider,
                                           const session::Login& login, base::Secret code,
                                           Ports& ports);

// The tokens alone, for protocols on top.
[[nodiscard]] Task<oauth::TokenReply> exchange_code_for_tokens(const oauth::Provider& provider,
                                                               const session::Login& login,
                                                               base::Secret code, Ports& ports);

[[nodiscard]] Task<base::Json> read_profile(const oauth::Provider& provider, base::Secret token,
                                            Ports& ports);

// The token_set of these tokens, received now; without profile and accounts.
[[nodiscard]] TokenSet token_set_from(const oauth::TokenReply& tokens, std::int64_t now);

}  // namespace social::flow
