#include "oauth/provider_check.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "oauth/endpoint_url.hpp"

namespace social::oauth {

namespace {

constexpr std::size_t kMaxName = 64;

// "v26.0"
bool is_version(std::string_view version) noexcept {
    return version.size() >= 2 && version.size() <= 16 && version.front() == 'v' &&
           std::ranges::all_of(version.substr(1),
                               [](char c) { return base::is_digit(c) || c == '.'; });
}

// A credential of the block and its error texts. Credentials are VSCHAR (RFC 6749 §A.1, §A.2).
// Blanks are refused, since no provider issues credentials with blanks.
struct CredentialRule {
    std::string_view value;
    std::string_view blank;
    std::string_view not_ascii;
    bool shown;  // whether a message may show the value
};

Result<void> check_credential(const CredentialRule& rule) {
    const auto* wrong = std::ranges::find_if_not(rule.value, base::is_visible);
    if (wrong == rule.value.end()) {
        return {};
    }
    if (*wrong == ' ' || base::is_control(*wrong)) {
        return bad_request(rule.blank, rule.shown ? rule.value : "");
    }
    return bad_request(rule.not_ascii, "byte " + std::to_string(wrong - rule.value.begin() + 1));
}

Result<void> check_credentials(const ProviderSettings& settings) {
    const std::array<CredentialRule, 4> rules{{
        {settings.client_id, "needs a client_id without blanks",
         "needs a client_id of ASCII characters, copy it from the provider again", true},
        {settings.client_secret.reveal(), "needs a client_secret without blanks",
         "needs a client_secret of ASCII characters, copy it from the provider again", false},
        {settings.owner_token.reveal(), "needs an access_token without blanks",
         "needs an access_token of ASCII characters, copy it from the provider again", false},
        {settings.owner_token_secret.reveal(), "needs an access_token_secret without blanks",
         "needs an access_token_secret of ASCII characters, copy it from the provider again",
         false},
    }};
    if (settings.client_id.empty()) {
        return bad_request(rules[0].blank, "");
    }
    if (settings.client_secret.empty()) {
        return bad_request(rules[1].blank, "");
    }
    for (const CredentialRule& rule : rules) {
        if (Result<void> checked = check_credential(rule); !checked) {
            return checked;
        }
    }
    return {};
}

// A member of the block, and whether the type uses it.
struct Unused {
    bool written;
    bool read;
    std::string_view member;
};

Result<void> check_unused(const ProviderType& type, const ProviderSettings& settings) {
    const bool oauth1 = type.protocol == Protocol::oauth1;
    const bool versioned = !type.api_version.empty();
    const bool takes_client_auth = !oauth1 || type.client_credentials;
    const bool takes_profile = type.shape != SessionShape::oauth1_profile;
    for (const Unused& each : {
             Unused{!settings.scope.empty(), !oauth1, "scope"},
             Unused{settings.scope_separator.has_value(), !oauth1, "scope_separator"},
             Unused{settings.client_auth.has_value(), takes_client_auth, "client_auth"},
             Unused{!settings.issuer.empty(), !oauth1, "issuer"},
             Unused{!settings.request_token_url.empty(), oauth1, "request_token_url"},
             Unused{!settings.api_version.empty(), versioned, "api_version"},
             Unused{!settings.profile_url.empty(), takes_profile, "profile_url"},
             Unused{!settings.revoke_url.empty(), type.revocation != Revocation::none,
                    "revoke_url"},
             Unused{settings.revocation_scope.has_value(),
                    type.revocation == Revocation::token_revocation, "revocation_scope"},
         }) {
        if (each.written && !each.read) {
            return bad_request("has a member that its type does not use, remove it",
                               std::string(each.member) + " of type " + std::string(type.name));
        }
    }
    return {};
}

struct UrlRule {
    std::string ProviderSettings::* url;
    bool with_query;
    std::string_view mistake;
};

constexpr std::array<UrlRule, 8> kUrlRules{{
    {&ProviderSettings::authorize_url, false,
     "needs an https:// URL without query as authorize_url (http:// is for loopback hosts alone)"},
    {&ProviderSettings::api_url, false,
     "needs an https:// URL without query as api_url (http:// is for loopback hosts alone)"},
    {&ProviderSettings::token_url, true,
     "needs an https:// URL as token_url (http:// is for loopback hosts alone)"},
    {&ProviderSettings::profile_url, true,
     "needs an https:// URL as profile_url (http:// is for loopback hosts alone)"},
    {&ProviderSettings::request_token_url, true,
     "needs an https:// URL as request_token_url (http:// is for loopback hosts alone)"},
    {&ProviderSettings::revoke_url, true,
     "needs an https:// URL as revoke_url (http:// is for loopback hosts alone)"},
    {&ProviderSettings::issuer, false,
     "needs an https:// URL without query as issuer (http:// is for loopback hosts alone)"},
    {&ProviderSettings::callback_url, false,
     "needs an https:// URL without query as callback_url (http:// is for loopback hosts alone)"},
}};

Result<void> check_urls(const ProviderSettings& settings) {
    for (const UrlRule& rule : kUrlRules) {
        const std::string& url = settings.*rule.url;
        const bool query = url.find('?') != std::string::npos;
        if (url.empty() || (is_endpoint_url(url) && (rule.with_query || !query))) {
            continue;
        }
        // Userinfo may hold a password.
        return bad_request(rule.mistake, url.find('@') == std::string::npos ? url : "");
    }
    return {};
}

// An OAuth 1.0a signature needs token and secret; a bearer token has no secret.
Result<void> check_owner(const ProviderType& type, const ProviderSettings& settings) {
    const bool with_secret = !settings.owner_token_secret.empty();
    if (type.protocol == Protocol::oauth1 && !settings.owner_token.empty() && !with_secret) {
        return bad_request("needs access_token and access_token_secret together, or neither", "");
    }
    if (type.protocol != Protocol::oauth1 && with_secret) {
        return bad_request("needs a type of OAuth 1.0a for access_token_secret", settings.type);
    }
    return {};
}

}  // namespace

bool is_provider_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= kMaxName && std::ranges::all_of(name, [](char c) {
        return base::is_alnum(c) || c == '_' || c == '-';
    });
}

Result<void> check_settings(const ProviderType& type, const ProviderSettings& settings) {
    if (!is_provider_name(settings.name)) {
        return bad_request("needs a name of letters, digits, \"_\" and \"-\"", settings.name);
    }
    if (Result<void> checked = check_credentials(settings); !checked) {
        return checked;
    }
    if (!settings.api_version.empty() && !is_version(settings.api_version)) {
        return bad_request("needs an api_version like v26.0", settings.api_version);
    }
    if (settings.owner_token.empty() && !settings.owner_token_secret.empty()) {
        return bad_request("needs access_token and access_token_secret together, or neither", "");
    }
    if (settings.timeout && settings.timeout->count() <= 0) {
        return bad_request("needs a timeout longer than nothing",
                           std::to_string(settings.timeout->count()));
    }
    for (const Result<void>& checked :
         {check_urls(settings), check_unused(type, settings), check_owner(type, settings)}) {
        if (!checked) {
            return checked;
        }
    }
    return {};
}

}  // namespace social::oauth
