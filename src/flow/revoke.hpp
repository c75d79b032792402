// Revokes the tokens of sessions that have ended, at providers that revoke.
//
// 1. A revocation that ends one token (RevocationScope::token): each token of the session.
// 2. One that ends the user's whole grant (RevocationScope::grant): only with the last session
//    of the user and app, since it kills the tokens of all of them. Before that the provider
//    has nothing that could be revoked alone. Of sessions that end at the same time exactly one
//    is the last; a login that gets its tokens meanwhile is refused by the store, for its tokens
//    may have died with the grant.
//
// The end of a session does not depend on the provider: the session is removed either way.
#pragma once

#include <optional>

#include "base/error.hpp"
#include "coro/task.hpp"
#include "flow/ports.hpp"
#include "flow/sessions.hpp"
#include "oauth/provider.hpp"
#include "session/record.hpp"

namespace social::flow {

// The error of a revocation that failed, for the log; nothing when it succeeded, or when there is
// nothing to revoke. The store holds the session no more. `provider` is nullptr when its
// block is gone from the configuration; it and `ports` outlive the Task.
[[nodiscard]] Task<std::optional<Error>> revoke(const oauth::Provider* provider,
                                                session::StoreKey key, session::Record record,
                                                Ports& ports);

struct EndedSession {
    bool existed = false;
    std::optional<Error> revocation;  // the error that it failed with
};

// Removes a session and revokes the tokens that it had when it was removed. `known` is what the
// caller has loaded of it. Throws Failure (store_unavailable) when the store cannot remove it.
[[nodiscard]] Task<EndedSession> end_session(const oauth::Provider* provider, session::StoreKey key,
                                             session::Record known, Sessions& sessions,
                                             Ports& ports);

// Removes a session whose grant is dead at the provider: there is nothing left to revoke.
[[nodiscard]] Task<void> drop_session(const oauth::Provider* provider, session::StoreKey key,
                                      session::Record known, Sessions& sessions, Ports& ports);

}  // namespace social::flow
