#include "oauth/authorize.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "oauth/form_text.hpp"
#include "oauth/pkce.hpp"

namespace social::oauth {

AuthorizationRequest::AuthorizationRequest(const Provider& provider, std::string_view callback_url)
    : end_(provider.authorize_query) {
    FormText url(provider.authorize_url);
    url.add({"response_type", "code"});
    url.add({provider.type->client_id_name, provider.client_id});
    url.add({"redirect_uri", callback_url});
    if (!provider.scope.empty()) {
        url.add({"scope", provider.scope});
    }
    begin_ = url.take();
}

std::string AuthorizationRequest::url(const session::AuthorizationState& login) const {
    constexpr std::size_t kOfLogin = 192;  // bytes; an upper bound
    std::string url;
    url.reserve(begin_.size() + kOfLogin + end_.size());
    url += begin_;
    // base64url needs no percent-encoding.
    url += "&state=";
    url += login.id;
    url += '.';
    url += login.nonce;
    // RFC 7636 §4.3
    if (!login.code_verifier.empty()) {
        url += "&code_challenge=";
        append_code_challenge(url, login.code_verifier.reveal());
        url += "&code_challenge_method=S256";
    }
    // OpenID Connect Core 1.0 §3.1.2.1
    if (!login.oidc_nonce.empty()) {
        url += "&nonce=";
        url += login.oidc_nonce;
    }
    if (!end_.empty()) {
        url += '&';
        url += end_;
    }
    return url;
}

bool is_free_parameter(std::string_view name) noexcept {
    constexpr std::size_t kLongest = 64;
    // RFC 6749, RFC 7636, RFC 9101, OpenID Connect Core and RFC 5849. response_mode would move
    // the code out of the query (OAuth 2.0 Form Post Response Mode).
    constexpr std::array<std::string_view, 14> kTaken{
        "response_type", "response_mode", "client_id",   "client_secret",  "redirect_uri",
        "scope",         "state",         "nonce",       "code_challenge", "code_challenge_method",
        "request",       "request_uri",   "oauth_token", "oauth_callback"};
    return !name.empty() && name.size() <= kLongest && std::ranges::all_of(name, [](char c) {
        return base::is_alnum(c) || c == '_' || c == '-' || c == '.';
    }) && std::ranges::find(kTaken, name) == kTaken.end();
}

}  // namespace social::oauth
