// The beginning of a login: everything that has to be known before the browser is
// sent to the provider. The endpoint auth calls it and seals the login in a cookie.
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
    std::string location;  // where the browser is sent
};

// At a provider that has not to be asked before; nothing for another.
[[nodiscard]] std::optional<PreparedLogin> try_prepare_login(const oauth::Provider& provider,
                                                             const AuthorizationTemplate& start,
                                                             const Clock& clock);

// At a provider that has to. `provider`, `terms` and `ports` outlive the Task.
[[nodiscard]] Task<PreparedLogin> prepare_login(const oauth::Provider& provider,
                                                const session::AuthorizationContext& terms,
                                                Ports& ports);

}  // namespace social::flow
