// The beginning of a login: everything that has to be known before the browser is
// sent to the provider. The endpoint auth calls it and seals the login in a cookie.
#pragma once

#include <optional>
#include <string>

#include "flow/ports.hpp"
#include "flow/task.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::flow {

class SignInRequest {
public:
    std::string site;          // id of the site that the redirectUrl belongs to
    std::string return_to;     // the redirectUrl, as it was admitted
    std::string callback_url;  // redirect_uri of this login
};

class SignIn {
public:
    session::Login login;
    std::string location;  // where the browser is sent
};

// Of a provider that has not to be asked before; nothing for another.
[[nodiscard]] std::optional<SignIn> sign_in_now(const oauth::Provider& provider,
                                                const SignInRequest& request, const Clock& clock);

// Of any provider. `provider` and `ports` outlive the Task.
[[nodiscard]] Task<SignIn> sign_in(const oauth::Provider& provider, SignInRequest request,
                                   Ports& ports);

}  // namespace social::flow
