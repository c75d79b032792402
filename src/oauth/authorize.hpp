// The authorization request of RFC 6749 §4.1.1: the URL that the browser is sent
// to when a login begins. flow/sign_in calls it.
#pragma once

#include <string>
#include <string_view>

#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::oauth {

// Carries the login's state, redirect_uri and, where the type uses it, the PKCE
// challenge; holds no secret of the client.
[[nodiscard]] std::string authorization_url(const Provider& provider, const session::Login& login);

// True for a parameter of the authorization request that operators may set: a name
// that neither the protocols nor this client use themselves.
[[nodiscard]] bool is_free_parameter(std::string_view name) noexcept;

}  // namespace social::oauth
