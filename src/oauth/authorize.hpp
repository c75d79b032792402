// The authorization request of RFC 6749 §4.1.1: the URL to which a login redirects the browser.
#pragma once

#include <string>
#include <string_view>

#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::oauth {

// Builds the requests to one provider with one redirect_uri. The parts that do not depend on the
// login are built once.
class AuthorizationRequest {
public:
    AuthorizationRequest(const Provider& provider, std::string_view callback_url);

    // Adds `state`, the PKCE challenge if the login has a verifier, and the OpenID Connect nonce.
    // Contains no client secret.
    [[nodiscard]] std::string url(const session::AuthorizationState& login) const;

private:
    std::string begin_;  // in front of the login's parameters
    std::string end_;    // the parameters of the catalogue and the operator
};

// True if an operator may set this parameter of the authorization request. Parameters of the
// protocols, and those that this client sets, are reserved.
[[nodiscard]] bool is_free_parameter(std::string_view name) noexcept;

}  // namespace social::oauth
