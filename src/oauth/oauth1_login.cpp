#include "oauth/oauth1_login.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/ascii.hpp"
#include "base/form.hpp"
#include "base/random.hpp"
#include "base/utf8.hpp"
#include "oauth/form_text.hpp"
#include "oauth/provider_error.hpp"
#include "oauth/token_reply.hpp"

namespace social::oauth {

namespace {

constexpr std::string_view kRequestStep = "the provider began no login";
constexpr std::string_view kAccessStep = "the provider gave no token";
constexpr std::string_view kMalformed = "The answer of the provider cannot be read";
constexpr std::size_t kMaxName = 1024;   // bytes
constexpr std::size_t kNonceBytes = 16;  // 128 random bits

struct Call {
    std::string_view method;
    const std::string& url;
    std::string_view token;
    std::string_view token_secret;
};

Result<base::HttpRequest> signed_call(const Provider& provider, const Call& call,
                                      const Oauth1Stamp& stamp,
                                      std::span<const base::FormField> extra) {
    const Oauth1Credentials credentials{.consumer_key = provider.client_id,
                                        .consumer_secret = provider.client_secret.reveal(),
                                        .token = call.token,
                                        .token_secret = call.token_secret};
    Result<std::string> authorization = oauth1_authorization(
        {.method = call.method, .url = call.url, .form = {}}, credentials, stamp, extra);
    if (!authorization) {
        return fail(Kind::internal, "a request cannot be signed",
                    std::string(authorization.error().what));
    }
    base::HttpRequest request(call.method, call.url);
    request.headers.push_back({"Authorization", std::move(*authorization)});
    request.ca_file = provider.ca_file;
    request.timeout = provider.timeout;
    return request;
}

std::unexpected<Error> unusable(std::string_view step, std::string_view missing) {
    return std::unexpected(unusable_answer({.step = step, .missing = missing}));
}

// A token is part of headers and URLs, so it must be printable. A repeated parameter is invalid.
bool is_usable(const base::Found& found, std::size_t longest) noexcept {
    return found.once() && !found.value.empty() && found.value.size() <= longest &&
           std::ranges::all_of(found.value, base::is_visible);
}

// The name becomes part of JSON, which is UTF-8.
bool is_name(std::string_view text) noexcept {
    return text.size() <= kMaxName && base::is_utf8(text) &&
           std::ranges::none_of(text, base::is_control);
}

struct Wanted {
    std::string_view step;
    std::size_t longest;  // bytes
};

Result<base::Form> read_form(const base::HttpResponse& response, std::string_view step) {
    if (response.status < 200 || response.status > 299) {
        return std::unexpected(provider_error(response, step));
    }
    std::string_view body = response.body;
    while (body.ends_with('\n') || body.ends_with('\r')) {
        body.remove_suffix(1);
    }
    Result<base::Form> form = base::Form::parse(body);
    if (!form) {
        return unusable(step, "form");
    }
    return form;
}

Result<Oauth1Token> read_pair(const base::Form& form, const Wanted& wanted) {
    const base::Found token = form.find("oauth_token");
    const base::Found secret = form.find("oauth_token_secret");
    if (!is_usable(token, wanted.longest)) {
        return unusable(wanted.step, "oauth_token");
    }
    if (!is_usable(secret, wanted.longest)) {
        return unusable(wanted.step, "oauth_token_secret");
    }
    Oauth1Token pair;
    pair.token = base::Secret(token.value);
    pair.secret = base::Secret(secret.value);
    return pair;
}

}  // namespace

Oauth1Stamp make_stamp(std::int64_t now) {
    return {.nonce = base::random_base64url(kNonceBytes), .seconds = now};
}

std::string oauth1_callback(const session::Login& login) {
    FormText url(login.callback_url);
    url.add({"state", login.state()});
    return url.text();
}

Result<base::HttpRequest> request_token_request(const Provider& provider,
                                                const session::Login& login,
                                                const Oauth1Stamp& stamp) {
    const std::array<base::FormField, 1> extra{{{"oauth_callback", oauth1_callback(login)}}};
    return signed_call(
        provider,
        {.method = "POST", .url = provider.request_token_url, .token = {}, .token_secret = {}},
        stamp, extra);
}

Result<Oauth1Token> read_request_token(const base::HttpResponse& response) {
    const Result<base::Form> form = read_form(response, kRequestStep);
    if (!form) {
        return std::unexpected(form.error());
    }
    const base::Found confirmed = form->find("oauth_callback_confirmed");
    if (confirmed.value != "true") {
        return fail(Kind::provider_rejected, kRequestStep,
                    "it does not confirm the callback (oauth_callback_confirmed)");
    }
    return read_pair(*form, {.step = kRequestStep, .longest = kMaxRequestToken});
}

std::string oauth1_authorization_url(const Provider& provider, const base::Secret& request_token) {
    FormText url(provider.authorize_url);
    url.add({"oauth_token", request_token.reveal()});
    return url.append(provider.authorize_query).text();
}

Result<base::Secret> granted_verifier(const CallbackReply& reply, const session::Login& login) {
    if (reply.denied || reply.error == "access_denied") {
        return fail(Kind::login_refused, "The login was refused at the provider");
    }
    if (reply.oauth_token.empty() || !login.request_token.equals(reply.oauth_token.reveal())) {
        return fail(Kind::bad_callback, kMalformed, "it is for another request token");
    }
    if (reply.oauth_verifier.empty()) {
        return fail(Kind::bad_callback, kMalformed, "it has no verifier");
    }
    return reply.oauth_verifier;
}

Result<base::HttpRequest> access_token_request(const Provider& provider,
                                               const session::Login& login,
                                               const base::Secret& verifier,
                                               const Oauth1Stamp& stamp) {
    const std::array<base::FormField, 1> extra{
        {{"oauth_verifier", std::string(verifier.reveal())}}};
    return signed_call(provider,
                       {.method = "POST",
                        .url = provider.token_url,
                        .token = login.request_token.reveal(),
                        .token_secret = login.request_secret.reveal()},
                       stamp, extra);
}

Result<Oauth1Token> read_access_token(const base::HttpResponse& response) {
    const Result<base::Form> form = read_form(response, kAccessStep);
    if (!form) {
        return std::unexpected(form.error());
    }
    Result<Oauth1Token> token = read_pair(*form, {.step = kAccessStep, .longest = kMaxToken});
    if (!token) {
        return token;
    }
    token->user_id = form->find("user_id").value;
    token->screen_name = form->find("screen_name").value;
    for (const std::string& name : {token->user_id, token->screen_name}) {
        if (!is_name(name)) {
            return unusable(kAccessStep, "user_id and screen_name");
        }
    }
    return token;
}

Result<base::HttpRequest> signed_request(const Provider& provider, const ApiCall& call,
                                         const Oauth1Token& token, const Oauth1Stamp& stamp) {
    Result<base::HttpRequest> request = signed_call(provider,
                                                    {.method = call.method,
                                                     .url = call.url,
                                                     .token = token.token.reveal(),
                                                     .token_secret = token.secret.reveal()},
                                                    stamp, {});
    if (request) {
        request->headers.push_back({"Accept", "application/json"});
    }
    return request;
}

}  // namespace social::oauth
