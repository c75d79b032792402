// OAuth 2.0 (RFC 6749 §4.1.1): the authorization URL has a new state, which is bound to the
// browser. A provider that supports PKCE (RFC 7636) also gets a new code challenge. OAuth 1.0a (RFC
// 5849 §2.1): the callback URL of the temporary credentials has the state.
#include "flow/prepare_login.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "base/random.hpp"
#include "base/secret.hpp"
#include "flow/exchange_openid_code.hpp"
#include "flow/exchange_verifier.hpp"
#include "oauth/authorize.hpp"
#include "oauth/oauth1_login.hpp"

namespace social::flow {

namespace {

constexpr std::size_t kNonceBytes = 16;  // 128 random bits

session::AuthorizationState begin(const oauth::Provider& provider, const Clock& clock) {
    using session::kCodeVerifier;
    using session::kStatePart;
    // One draw for all random texts: the call costs more than its bytes.
    std::array<char, 2 * kStatePart + kCodeVerifier> characters;
    static_assert(2 * kStatePart % 4 == 0 && kCodeVerifier % 4 == 0);  // whole bytes
    const std::size_t size = provider.type->pkce ? characters.size() : 2 * kStatePart;
    base::fill_random_base64url(size / 4 * 3, characters);
    const std::string_view text(characters.data(), size);
    session::AuthorizationState login;
    login.id = text.substr(0, kStatePart);
    login.nonce = text.substr(kStatePart, kStatePart);
    if (provider.type->pkce) {
        login.code_verifier = session::CodeVerifier(text.substr(2 * kStatePart));
    }
    login.started_at = clock.now();
    base::wipe(characters);
    return login;
}

}  // namespace

std::optional<PreparedLogin> try_prepare_login(const oauth::Provider& provider,
                                               const AuthorizationTemplate& start,
                                               const Clock& clock) {
    if (provider.type->protocol != oauth::Protocol::oauth2) {
        return std::nullopt;
    }
    session::AuthorizationState login = begin(provider, clock);
    std::string location = start.authorization().url(login);
    return PreparedLogin{.login = std::move(login), .location = std::move(location)};
}

Task<PreparedLogin> prepare_login(const oauth::Provider& provider,
                                  const session::AuthorizationContext& terms, Ports& ports) {
    session::Login login{terms, begin(provider, ports.clock)};
    std::string location;
    if (provider.type->protocol == oauth::Protocol::oauth1) {
        co_await request_temporary_credentials(provider, login, ports);
        location = oauth::oauth1_authorization_url(provider, login.request_token);
    } else {
        login.oidc_nonce = base::random_base64url(kNonceBytes);
        const oauth::Provider discovered = co_await resolved(provider, ports);
        location = oauth::AuthorizationRequest(discovered, login.callback_url).url(login);
    }
    co_return PreparedLogin{.login = std::move(login), .location = std::move(location)};
}

}  // namespace social::flow
