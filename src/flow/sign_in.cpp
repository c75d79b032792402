// RFC 6749 §4.1.1: a fresh state bound to the browser, a fresh PKCE verifier where
// the provider takes one, and the authorization URL that carries them. RFC 5849 §2.1: a
// request token, whose callback carries the state.
#include "flow/sign_in.hpp"

#include <utility>

#include "base/random.hpp"
#include "flow/oauth1_grant.hpp"
#include "flow/openid_grant.hpp"
#include "oauth/authorize.hpp"
#include "oauth/oauth1_login.hpp"
#include "oauth/pkce.hpp"

namespace social::flow {

namespace {

constexpr std::size_t kIdBytes = 16;  // 128 random bits

session::LoginSecrets begin(const oauth::Provider& provider, const Clock& clock) {
    session::LoginSecrets login;
    login.id = base::random_base64url(kIdBytes);
    login.nonce = base::random_base64url(kIdBytes);
    login.started_at = clock.now();
    if (provider.type->pkce) {
        login.code_verifier = oauth::make_code_verifier();
    }
    return login;
}

}  // namespace

std::optional<SignIn> sign_in_now(const oauth::Provider& provider, const LoginStart& start,
                                  const Clock& clock) {
    if (provider.type->protocol != oauth::Protocol::oauth2) {
        return std::nullopt;
    }
    std::optional<SignIn> begun(std::in_place);
    begun->login = begin(provider, clock);
    begun->location = start.authorization().url(begun->login);
    return begun;
}

Task<SignIn> sign_in(const oauth::Provider& provider, const session::LoginTerms& terms,
                     Ports& ports) {
    session::Login login{terms, begin(provider, ports.clock)};
    SignIn begun;
    if (provider.type->protocol == oauth::Protocol::oauth1) {
        co_await begin_oauth1(provider, login, ports);
        begun.location = oauth::oauth1_authorization_url(provider, login.request_token);
    } else {
        login.oidc_nonce = base::random_base64url(kIdBytes);
        const oauth::Provider known = co_await resolved(provider, ports);
        begun.location = oauth::AuthorizationRequest(known, login.callback_url).url(login);
    }
    begun.login = std::move(login);
    co_return begun;
}

}  // namespace social::flow
