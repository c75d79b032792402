// The end of a login (RFC 6749 §4.1.2 to §4.1.4). The caller has found the login by
// the callback's state, opened and checked it: session/login_lookup.
//
// 1. The user refused, or the provider reports an error: login_refused,
//    provider_rejected, provider_unavailable.
// 2. The reply has no code, or a code beside an error: bad_callback.
//    Cases 1 and 2 store nothing: a stranger can produce them at any rate.
// 3. The login was finished before: bad_callback, and the token endpoint is not called.
//    The id is consumed in front of the code exchange; of two callbacks at once one continues.
// 4. The provider rejects the code, fails, or answers garbage: provider_rejected,
//    provider_unavailable. The code is sent once and never again, whatever happens.
// 5. The session cannot be stored: store_unavailable.
// 6. Otherwise the location of the site, with the id of the new session.
#pragma once

#include <string>

#include "coro/task.hpp"
#include "flow/ports.hpp"
#include "flow/sessions.hpp"
#include "oauth/callback_reply.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::flow {

// `provider`, `sessions` and `ports` outlive the Task.
[[nodiscard]] Task<std::string> finish_login(const oauth::Provider& provider, session::Login login,
                                             oauth::CallbackReply reply, Sessions& sessions,
                                             Ports& ports);

}  // namespace social::flow
