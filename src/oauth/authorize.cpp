#include "oauth/authorize.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "oauth/form_text.hpp"
#include "oauth/pkce.hpp"

namespace social::oauth {

namespace {

// What authorization URLs of one provider begin with, for one redirect_uri.
class Front {
public:
    Front() = default;
    Front(const Provider& provider, std::string_view callback_url)
        : authorize_url_(provider.authorize_url),
          client_id_name_(provider.type->client_id_name),
          client_id_(provider.client_id),
          callback_url_(callback_url),
          scope_(provider.scope) {
        FormText url(authorize_url_);
        url.add({"response_type", "code"});
        url.add({client_id_name_, client_id_});
        url.add({"redirect_uri", callback_url_});
        if (!scope_.empty()) {
            url.add({"scope", scope_});
        }
        text_ = url.take();
    }

    [[nodiscard]] bool is_of(const Provider& provider,
                             std::string_view callback_url) const noexcept {
        return callback_url_ == callback_url && authorize_url_ == provider.authorize_url &&
               client_id_ == provider.client_id && scope_ == provider.scope &&
               client_id_name_ == provider.type->client_id_name;
    }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string authorize_url_;
    std::string client_id_name_;
    std::string client_id_;
    std::string callback_url_;
    std::string scope_;
    std::string text_;
};

// Those that were asked for last: every login of a provider begins with the same.
const std::string& front_of(const Provider& provider, std::string_view callback_url) {
    constexpr std::size_t kKept = 8;
    thread_local std::array<Front, kKept> kept;
    thread_local std::size_t oldest = 0;
    const auto* known = std::ranges::find_if(
        kept, [&](const Front& front) { return front.is_of(provider, callback_url); });
    if (known != kept.end()) {
        return known->text();
    }
    Front& place = kept[oldest];
    oldest = (oldest + 1) % kept.size();
    place = Front(provider, callback_url);
    return place.text();
}

}  // namespace

std::string authorization_url(const Provider& provider, const session::Login& login) {
    FormText url(front_of(provider, login.callback_url));
    url.add_unreserved({"state", login.state()});
    // RFC 7636 §4.3
    if (!login.code_verifier.empty()) {
        url.add_unreserved({"code_challenge", code_challenge(login.code_verifier.reveal())});
        url.add_unreserved({"code_challenge_method", "S256"});
    }
    // OpenID Connect Core 1.0 §3.1.2.1
    if (!login.oidc_nonce.empty()) {
        url.add_unreserved({"nonce", login.oidc_nonce});
    }
    return url.append(provider.authorize_query).take();
}

bool is_free_parameter(std::string_view name) noexcept {
    constexpr std::size_t kLongest = 64;
    // RFC 6749, RFC 7636, RFC 9101, OpenID Connect Core and RFC 5849; response_mode
    // would bring the code in another way than the query (OAuth 2.0 Form Post Response Mode).
    constexpr std::array<std::string_view, 14> kTaken{
        "response_type", "response_mode", "client_id",   "client_secret",  "redirect_uri",
        "scope",         "state",         "nonce",       "code_challenge", "code_challenge_method",
        "request",       "request_uri",   "oauth_token", "oauth_callback"};
    return !name.empty() && name.size() <= kLongest && std::ranges::all_of(name, [](char c) {
        return base::is_alnum(c) || c == '_' || c == '-' || c == '.';
    }) && std::ranges::find(kTaken, name) == kTaken.end();
}

}  // namespace social::oauth
