#include "flow/exchange_openid_code.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "coro/result_task.hpp"
#include "flow/exchange_code.hpp"
#include "flow/issuers.hpp"
#include "oauth/id_token.hpp"
#include "oauth/provider_error.hpp"

namespace social::flow {

namespace {

Issuers& issuers_of(Ports& ports) {
    if (ports.issuers == nullptr) {
        throw std::logic_error("Ports::issuers is not set");
    }
    return *ports.issuers;
}

Task<base::Json> proven_claims(const oauth::Provider& provider, const session::Login& login,
                               const oauth::TokenReply& tokens, Ports& ports) {
    if (tokens.id_token.empty()) {
        throw Failure(
            oauth::unusable_answer({.step = "the provider gave no token", .missing = "id_token"}));
    }
    const Metadata metadata = co_await issuers_of(ports).metadata(provider);
    const Keys keys =
        co_await issuers_of(ports).keys(provider, oauth::claimed_kid(tokens.id_token.reveal()));
    const oauth::IdTokenRules rules{.provider = provider,
                                    .keys = *keys,
                                    .algorithms = metadata->algorithms,
                                    .nonce = login.oidc_nonce,
                                    .access_token = tokens.access_token.reveal(),
                                    .now = ports.clock.now()};
    co_return value(oauth::check_id_token(tokens.id_token.reveal(), rules));
}

// OpenID Connect Core 1.0 §5.3.2: `sub` of userinfo must equal that of the id token.
Task<base::Json> profile_of(const oauth::Provider& provider, const base::Json& claims,
                            base::Secret token, Ports& ports) {
    if (provider.profile_url.empty()) {
        co_return oauth::profile_of_claims(claims);
    }
    base::Json profile = co_await read_profile(provider, std::move(token), ports);
    if (profile.member("sub").text() != claims.member("sub").text()) {
        throw Failure(Error{Kind::provider_rejected, "the provider did not say who the user is",
                            "userinfo is of another user"});
    }
    co_return profile;
}

}  // namespace

Task<oauth::Provider> resolved(const oauth::Provider& provider, Ports& ports) {
    if (provider.type->protocol != oauth::Protocol::oidc) {
        co_return provider;
    }
    const Metadata metadata = co_await issuers_of(ports).metadata(provider);
    co_return oauth::with_metadata(provider, *metadata);
}

Task<base::Secret> openid_code(const oauth::Provider& provider, const oauth::CallbackReply& reply,
                               Ports& ports) {
    const Metadata metadata = co_await issuers_of(ports).metadata(provider);
    // A templated issuer depends on a claim of the id token, which is not available yet.
    const std::string_view expected =
        provider.type->templated_issuer ? std::string_view() : std::string_view(provider.issuer);
    value(
        oauth::check_issuer(reply, {.expected = expected, .always_sent = metadata->names_issuer}));
    co_return value(oauth::granted_code(reply));
}

Task<TokenSet> exchange_openid_code(const oauth::Provider& provider, const session::Login& login,
                                    base::Secret code, Ports& ports) {
    const Metadata metadata = co_await issuers_of(ports).metadata(provider);
    const oauth::Provider discovered = oauth::with_metadata(provider, *metadata);
    const oauth::TokenReply tokens =
        co_await exchange_code_for_tokens(discovered, login, std::move(code), ports);
    const base::Json claims = co_await proven_claims(discovered, login, tokens, ports);
    TokenSet token_set = token_set_from(tokens, ports.clock.now());
    token_set.parts.profile = co_await profile_of(discovered, claims, tokens.access_token, ports);
    co_return token_set;
}

}  // namespace social::flow
