#include "oauth/authorize.hpp"

#include "oauth/form_text.hpp"
#include "oauth/pkce.hpp"

namespace social::oauth {

std::string authorization_url(const Provider& provider, const session::Login& login) {
    FormText url(provider.authorize_url);
    url.add({"response_type", "code"});
    url.add({provider.type->client_id_name, provider.client_id});
    url.add({"redirect_uri", login.callback_url});
    if (!provider.scope.empty()) {
        url.add({"scope", provider.scope});
    }
    url.add({"state", login.state()});
    // RFC 7636 §4.3
    if (!login.code_verifier.empty()) {
        url.add({"code_challenge", code_challenge(login.code_verifier.reveal())});
        url.add({"code_challenge_method", "S256"});
    }
    // OpenID Connect Core 1.0 §3.1.2.1
    if (!login.oidc_nonce.empty()) {
        url.add({"nonce", login.oidc_nonce});
    }
    return url.append(provider.authorize_query).text();
}

}  // namespace social::oauth
