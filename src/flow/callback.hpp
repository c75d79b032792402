// Completes a login after the provider's redirect (RFC 6749 §4.1.2 to §4.1.4). The caller has
// looked up the login by the callback's state, decrypted and validated it: session/login_lookup.
//
// 1. The user denied access, or the provider reports an error: login_refused, provider_rejected,
//    provider_unavailable.
// 2. The response has no code, has both code and error, or names another issuer: bad_callback.
//    Cases 1 and 2 store nothing: unauthenticated clients can cause them at any rate.
// 3. The login was finished before: bad_callback, without a request to the token endpoint. The id
//    is consumed before the code exchange, so one of two concurrent callbacks continues.
// 4. The provider rejects the code, fails, or sends a malformed response: provider_rejected,
//    provider_unavailable. The code is sent once and never retried.
// 5. The user's grant was revoked during the login: provider_rejected.
// 6. The session cannot be stored: store_unavailable.
// 7. Otherwise returns the site's redirectUrl with the id of the new session.
#pragma once

#include <string>

#include "coro/task.hpp"
#include "flow/ports.hpp"
#include "flow/sessions.hpp"
#include "oauth/callback_reply.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::flow {

// `provider`, `sessions` and `ports` outlive the Task. Throws Failure as above.
[[nodiscard]] Task<std::string> finish_login(const oauth::Provider& provider, session::Login login,
                                             oauth::CallbackReply reply, Sessions& sessions,
                                             Ports& ports);

}  // namespace social::flow
