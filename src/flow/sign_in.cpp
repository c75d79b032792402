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

SignIn with_login(const oauth::Provider& provider, const SignInRequest& request,
                  const Clock& clock) {
    SignIn begun;
    begun.login.id = base::random_base64url(kIdBytes);
    begun.login.nonce = base::random_base64url(kIdBytes);
    begun.login.provider = provider.name;
    begun.login.site = request.site;
    begun.login.return_to = request.return_to;
    begun.login.callback_url = request.callback_url;
    begun.login.started_at = clock.now();
    if (provider.type->pkce) {
        begun.login.code_verifier = oauth::make_code_verifier();
    }
    return begun;
}

}  // namespace

std::optional<SignIn> sign_in_now(const oauth::Provider& provider, const SignInRequest& request,
                                  const Clock& clock) {
    if (provider.type->protocol != oauth::Protocol::oauth2) {
        return std::nullopt;
    }
    std::optional<SignIn> begun = with_login(provider, request, clock);
    begun->location = oauth::authorization_url(provider, begun->login);
    return begun;
}

Task<SignIn> sign_in(const oauth::Provider& provider, SignInRequest request, Ports& ports) {
    if (std::optional<SignIn> begun = sign_in_now(provider, request, ports.clock)) {
        co_return std::move(*begun);
    }
    SignIn begun = with_login(provider, request, ports.clock);
    if (provider.type->protocol == oauth::Protocol::oauth1) {
        co_await begin_oauth1(provider, begun.login, ports);
        begun.location = oauth::oauth1_authorization_url(provider, begun.login.request_token);
    } else {
        begun.login.oidc_nonce = base::random_base64url(kIdBytes);
        const oauth::Provider known = co_await resolved(provider, ports);
        begun.location = oauth::authorization_url(known, begun.login);
    }
    co_return begun;
}

}  // namespace social::flow
