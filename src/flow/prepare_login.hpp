// Starts a login: makes the state and the URL of the redirect to the provider. The login endpoint
// seals the state in a cookie.
#pragma once

#include <optional>
#include <string>

#include "coro/task.hpp"
#include "flow/authorization_request_cache.hpp"
#include "flow/clock.hpp"
#include "flow/ports.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::flow {

struct PreparedLogin {
    session::AuthorizationState login;
    std::string location;  // the authorization URL, for the Location header
};

// For OAuth 2.0. Returns nullopt for OAuth 1.0a and OpenID Connect, which may need a request first.
[[nodiscard]] std::optional<PreparedLogin> try_prepare_login(const oauth::Provider& provider,
                                                             const AuthorizationTemplate& start,
                                                             const Clock& clock);

// For OAuth 1.0a (temporary credentials) and OpenID Connect (discovery). `provider`, `terms` and
// `ports` outlive the Task. Throws Failure: provider_rejected or provider_unavailable.
[[nodiscard]] Task<PreparedLogin> prepare_login(const oauth::Provider& provider,
                                                const session::AuthorizationContext& terms,
                                                Ports& ports);

}  // namespace social::flow
