// The end of an OAuth 2.0 login at the provider (RFC 6749 §4.1.3, §4.1.4): the code for
// a token, the token for one that lives longer where there is such a step, then profile
// and accounts at the same time.
//
// The code is sent once and never again, whatever happens.
#pragma once

#include "coro/task.hpp"
#include "flow/grant.hpp"
#include "flow/ports.hpp"
#include "oauth/provider.hpp"
#include "oauth/token_reply.hpp"
#include "session/login.hpp"

namespace social::flow {

// `provider`, `login` and `ports` outlive the Tasks.
[[nodiscard]] Task<Grant> oauth2_grant(const oauth::Provider& provider, const session::Login& login,
                                       base::Secret code, Ports& ports);

// The tokens alone, for protocols on top.
[[nodiscard]] Task<oauth::TokenReply> obtain_tokens(const oauth::Provider& provider,
                                                    const session::Login& login, base::Secret code,
                                                    Ports& ports);

[[nodiscard]] Task<base::Json> read_profile(const oauth::Provider& provider, base::Secret token,
                                            Ports& ports);

// The grant of these tokens, received now; without profile and accounts.
[[nodiscard]] Grant grant_of(const oauth::TokenReply& tokens, std::int64_t now);

}  // namespace social::flow
