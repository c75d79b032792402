// The authorization request of RFC 6749 §4.1.1: the URL that the browser is sent
// to when a login begins. flow/sign_in calls it.
#pragma once

#include <string>

#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::oauth {

// Carries the login's state, redirect_uri and, where the type uses it, the PKCE
// challenge; holds no secret of the client.
[[nodiscard]] std::string authorization_url(const Provider& provider, const session::Login& login);

}  // namespace social::oauth
