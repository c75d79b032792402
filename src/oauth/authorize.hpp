// The authorization request of RFC 6749 §4.1.1: the URL that the browser is sent
// to when a login begins. flow/sign_in calls it.
#pragma once

#include <string>
#include <string_view>

#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::oauth {

// The requests that go to one provider with one redirect_uri. What they have in common is
// composed once.
class AuthorizationRequest {
public:
    AuthorizationRequest(const Provider& provider, std::string_view callback_url);

    // Carries the login's state and, where it has a verifier, the PKCE challenge; holds no
    // secret of the client.
    [[nodiscard]] std::string url(const session::LoginSecrets& login) const;

private:
    std::string begin_;  // up to what is the login's own
    std::string end_;    // the operator's own parameters
};

// True for a parameter of the authorization request that operators may set: a name
// that neither the protocols nor this client use themselves.
[[nodiscard]] bool is_free_parameter(std::string_view name) noexcept;

}  // namespace social::oauth
