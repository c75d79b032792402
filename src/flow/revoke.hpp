// Revokes the tokens of removed sessions (RFC 7009, or the provider's own endpoint).
//
// 1. RevocationScope::token: revokes each token of the session.
// 2. RevocationScope::grant: a revocation invalidates the tokens of all sessions of the user and
//    app. So only the removal of the last one revokes. Exactly one of several concurrent removals
//    is the last. The store refuses the session of a login that obtained its tokens meanwhile: they
//    may be revoked, too.
//
// The session is removed even if the provider fails.
#pragma once

#include <optional>

#include "base/error.hpp"
#include "coro/task.hpp"
#include "flow/ports.hpp"
#include "flow/sessions.hpp"
#include "oauth/provider.hpp"
#include "session/record.hpp"

namespace social::flow {

// Returns the error of a failed revocation, for the log; nullopt if it succeeded or had nothing to
// revoke. Precondition: the session is removed from the store. `provider` is nullptr if the
// configuration no longer has it. `provider` and `ports` outlive the Task.
[[nodiscard]] Task<std::optional<Error>> revoke(const oauth::Provider* provider,
                                                session::StoreKey key, session::Record record,
                                                Ports& ports);

struct EndedSession {
    bool existed = false;
    std::optional<Error> revocation;  // its error, for the log
};

// Removes a session and revokes the tokens of the removed record. `loaded` is the record that the
// caller has loaded. All references outlive the Task. Throws Failure (store_unavailable) if the
// store fails.
[[nodiscard]] Task<EndedSession> end_session(const oauth::Provider* provider, session::StoreKey key,
                                             session::Record loaded, Sessions& sessions,
                                             Ports& ports);

// Removes a session whose grant the provider has revoked. Throws Failure (store_unavailable) if the
// store fails.
[[nodiscard]] Task<void> drop_session(const oauth::Provider* provider, session::StoreKey key,
                                      session::Record loaded, Sessions& sessions, Ports& ports);

}  // namespace social::flow
