#include "oauth/token_reply.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/json.hpp"
#include "base/percent.hpp"
#include "oauth/provider_error.hpp"

namespace social::oauth {

namespace {

constexpr std::string_view kStep = "the provider gave no token";

base::HttpRequest form_request(const Provider& provider, const std::string& url,
                               const FormText& form) {
    base::HttpRequest request("POST", url);
    request.body = form.text();
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.headers.push_back({"Accept", "application/json"});
    request.ca_file = provider.ca_file;
    request.timeout = provider.timeout;
    return request;
}

std::unexpected<Error> unusable(std::string_view missing) {
    return std::unexpected(unusable_answer({.step = kStep, .missing = missing}));
}

// Stricter than RFC 6749 §A.12: a token is one word of a header, so blanks are refused. Control
// characters are refused against header injection.
bool is_one_word(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kMaxToken && std::ranges::all_of(text, base::is_visible);
}

Result<std::int64_t> read_lifetime(const base::Json& expires_in, std::int64_t fallback) {
    if (!expires_in.present()) {
        return fallback;
    }
    const std::optional<std::int64_t> seconds = expires_in.lenient_number();
    if (!seconds || *seconds <= 0 || *seconds > kMaxLifetime) {
        return unusable("expires_in");
    }
    return *seconds;
}

bool is_bearer(const base::Json& token_type, bool may_lack) {
    if (!token_type.present()) {
        return may_lack;
    }
    return base::equals_ignoring_case(token_type.text().value_or(""), "bearer");
}

// Returns an empty secret if the member is absent or null. Fails for an invalid token.
Result<base::Secret> read_refresh_token(const base::Json& member) {
    if (!member.present() || member.is_null()) {
        return base::Secret();
    }
    base::Secret token(member.text().value_or(""));
    if (!is_one_word(token.reveal())) {
        return unusable("refresh_token");
    }
    return token;
}

// Joins a list of scopes with blanks (RFC 6749 §3.3).
std::string scope_text(const base::Json& granted) {
    std::string scope = granted.text().value_or("");
    for (std::size_t i = 0; i < granted.size(); ++i) {
        scope += scope.empty() ? "" : " ";
        scope += granted.at(i).text().value_or("");
    }
    return scope;
}

std::string read_scope(const base::Json& granted, const std::string& requested) {
    std::string scope = scope_text(granted);
    const bool usable = !scope.empty() && scope.size() <= kMaxScope &&
                        std::ranges::none_of(scope, base::is_control);
    return usable ? scope : requested;
}

// Instagram returns the token response in data[] or unwrapped.
base::Json unwrapped(const base::Json& body) {
    const base::Json inner = body.member("data").at(0);
    return inner.present() ? inner : body;
}

base::HttpRequest swap_request(const Provider& provider, const TokenSwap& swap,
                               const std::string& url, const base::Secret& access_token) {
    const bool in_body = swap.method == "POST";
    FormText form = in_body ? FormText() : FormText(url);
    form.add({"grant_type", swap.grant_type});
    if (swap.with_client) {
        form.add({"client_id", provider.client_id});
        form.add({"client_secret", provider.client_secret.reveal()});
    }
    form.add({swap.token_parameter, access_token.reveal()});
    if (in_body) {
        return form_request(provider, url, form);
    }
    base::HttpRequest request(swap.method, form.text());
    request.headers.push_back({"Accept", "application/json"});
    request.ca_file = provider.ca_file;
    request.timeout = provider.timeout;
    return request;
}

}  // namespace

std::string basic_credentials(const Provider& provider) {
    std::string secret = base::form_encode(provider.client_secret.reveal());
    std::string pair = base::form_encode(provider.client_id) + ":";
    // Reserved in advance: a reallocation leaves an unwiped copy of the secret in freed memory.
    pair.reserve(pair.size() + secret.size());
    pair += secret;
    std::string credentials = "Basic " + base::base64_encode(pair);
    base::wipe(pair);
    base::wipe(secret);
    return credentials;
}

base::HttpRequest client_request(const Provider& provider, const std::string& url, FormText form) {
    if (provider.client_auth == ClientAuth::basic) {
        base::HttpRequest request = form_request(provider, url, form);
        request.headers.push_back({"Authorization", basic_credentials(provider)});
        return request;
    }
    form.add({provider.type->client_id_name, provider.client_id});
    form.add({"client_secret", provider.client_secret.reveal()});
    return form_request(provider, url, form);
}

base::HttpRequest code_request(const Provider& provider, const session::Login& login,
                               const base::Secret& code) {
    FormText form;
    form.add({"grant_type", "authorization_code"});
    form.add({"code", code.reveal()});
    form.add({"redirect_uri", login.callback_url});
    if (!login.code_verifier.empty()) {
        form.add({"code_verifier", login.code_verifier.reveal()});
    }
    return client_request(provider, provider.token_url, std::move(form));
}

base::HttpRequest token_swap_request(const Provider& provider, const base::Secret& access_token) {
    return swap_request(provider, *provider.type->long_lived, provider.long_lived_url,
                        access_token);
}

base::HttpRequest token_refresh_request(const Provider& provider,
                                        const base::Secret& access_token) {
    return swap_request(provider, *provider.type->renewal, provider.refresh_url, access_token);
}

base::Secret rotated_refresh_token(const base::HttpResponse& response) {
    const Result<base::Json> body = read_object(response, kStep);
    if (!body) {
        return {};
    }
    return read_refresh_token(body->member("refresh_token")).value_or(base::Secret());
}

Result<TokenReply> read_token_reply(const Provider& provider, const base::HttpResponse& response) {
    Result<base::Json> parsed = read_object(response, kStep);
    if (!parsed) {
        return std::unexpected(std::move(parsed.error()));
    }
    const bool untyped = provider.type->untyped_token;
    const base::Json body = untyped ? unwrapped(*parsed) : *parsed;

    base::Secret token(body.member("access_token").text().value_or(""));
    if (!is_one_word(token.reveal())) {
        return unusable("access_token");
    }
    if (!is_bearer(body.member("token_type"), untyped)) {
        return unusable("token_type");
    }
    const Result<std::int64_t> lifetime =
        read_lifetime(body.member("expires_in"), provider.type->default_lifetime);
    if (!lifetime) {
        return std::unexpected(lifetime.error());
    }
    Result<base::Secret> refresh_token = read_refresh_token(body.member("refresh_token"));
    if (!refresh_token) {
        return std::unexpected(std::move(refresh_token.error()));
    }
    TokenReply reply;
    reply.access_token = std::move(token);
    reply.refresh_token = std::move(*refresh_token);
    reply.id_token = base::Secret(body.member("id_token").text().value_or(""));
    reply.scope = read_scope(body.member(provider.type->scope_member), provider.scope);
    reply.lifetime = *lifetime;
    return reply;
}

}  // namespace social::oauth
