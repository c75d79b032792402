#include "flow/exchange_verifier.hpp"

#include <utility>

#include "coro/result_task.hpp"
#include "oauth/graph.hpp"
#include "oauth/oauth1_login.hpp"
#include "oauth/provider_error.hpp"

namespace social::flow {

namespace {

// The token response itself names the user; no other request follows.
base::Json profile_with_tokens(const oauth::Oauth1Token& token) {
    if (token.user_id.empty()) {
        throw Failure(oauth::unusable_answer(
            {.step = "the provider did not say who the user is", .missing = "user_id"}));
    }
    base::Json profile = base::Json::object();
    profile.set("oauth_token", token.token.reveal());
    profile.set("oauth_token_secret", token.secret.reveal());
    profile.set("user_id", token.user_id);
    profile.set("screen_name", token.screen_name);
    return profile;
}

Task<base::Json> read_signed_profile(const oauth::Provider& provider,
                                     const oauth::Oauth1Token& token, Ports& ports) {
    const oauth::ApiCall call("GET", provider.profile_url);
    base::HttpRequest request =
        value(oauth::signed_request(provider, call, token, oauth::make_stamp(ports.clock.now())));
    const base::HttpResponse answer = co_await ports.http.send(std::move(request));
    co_return value(oauth::read_profile(provider, answer));
}

}  // namespace

Task<void> request_temporary_credentials(const oauth::Provider& provider, session::Login& login,
                                         Ports& ports) {
    base::HttpRequest request =
        value(oauth::request_token_request(provider, login, oauth::make_stamp(ports.clock.now())));
    const base::HttpResponse answer = co_await ports.http.send(std::move(request));
    oauth::Oauth1Token token = value(oauth::read_request_token(answer));
    login.request_token = std::move(token.token);
    login.request_secret = std::move(token.secret);
}

Task<TokenSet> exchange_verifier(const oauth::Provider& provider, const session::Login& login,
                                 base::Secret verifier, Ports& ports) {
    base::HttpRequest request = value(oauth::access_token_request(
        provider, login, verifier, oauth::make_stamp(ports.clock.now())));
    const base::HttpResponse answer = co_await ports.http.send(std::move(request));
    oauth::Oauth1Token token = value(oauth::read_access_token(answer));

    TokenSet token_set;
    if (provider.type->shape == oauth::SessionShape::oauth1_profile) {
        token_set.parts.profile = profile_with_tokens(token);
    } else {
        token_set.parts.profile = co_await read_signed_profile(provider, token, ports);
    }
    token_set.parts.token = std::move(token.token);
    token_set.token_secret = std::move(token.secret);
    co_return token_set;
}

}  // namespace social::flow
