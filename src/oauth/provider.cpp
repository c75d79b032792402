#include "oauth/provider.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "oauth/endpoint_url.hpp"

namespace social::oauth {

namespace {

constexpr std::size_t kMaxName = 64;

std::unexpected<Error> mistake(std::string_view what, std::string value) {
    return fail(Kind::bad_request, what, std::move(value));
}

bool is_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= kMaxName && std::ranges::all_of(name, [](char c) {
        return base::is_alnum(c) || c == '_' || c == '-';
    });
}

// "v26.0"
bool is_version(std::string_view version) noexcept {
    return version.size() >= 2 && version.size() <= 16 && version.front() == 'v' &&
           std::ranges::all_of(version.substr(1),
                               [](char c) { return base::is_digit(c) || c == '.'; });
}

std::string with_version(std::string_view text, std::string_view version) {
    constexpr std::string_view kMark = "{version}";
    std::string out(text);
    if (const std::size_t at = out.find(kMark); at != std::string::npos) {
        out.replace(at, kMark.size(), version);
    }
    return out;
}

// scope-token of RFC 6749 §3.3.
bool in_scope_token(char c) noexcept {
    return base::is_visible(c) && c != '"' && c != '\\';
}

Result<std::string> joined_scope(std::string_view written, char separator) {
    constexpr std::string_view kBetween = ", \t";
    std::string out;
    for (std::string_view rest = written; !rest.empty();) {
        const std::string_view token = rest.substr(0, rest.find_first_of(kBetween));
        rest.remove_prefix(std::min(rest.size(), token.size() + 1));
        if (!std::ranges::all_of(token, in_scope_token)) {
            return mistake("needs a scope without quotes and control characters",
                           std::string(written));
        }
        if (!token.empty()) {
            out += out.empty() ? "" : std::string(1, separator);
            out += token;
        }
    }
    return out;
}

struct UrlRule {
    std::string ProviderSettings::* url;
    bool with_query;
    std::string_view mistake;
};

constexpr std::array<UrlRule, 6> kUrlRules{{
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
        // A user part may hold a password.
        return mistake(rule.mistake, url.find('@') == std::string::npos ? url : "");
    }
    return {};
}

Result<void> check_settings(const ProviderSettings& settings) {
    if (!is_name(settings.name)) {
        return mistake("needs a name of letters, digits, \"_\" and \"-\"", settings.name);
    }
    if (settings.client_id.empty() || !std::ranges::all_of(settings.client_id, base::is_visible)) {
        return mistake("needs a client_id without blanks", settings.client_id);
    }
    const std::string_view secret = settings.client_secret.reveal();
    if (secret.empty() || !std::ranges::all_of(secret, base::is_visible)) {
        return mistake("needs a client_secret without blanks", "");
    }
    if (!settings.api_version.empty() && !is_version(settings.api_version)) {
        return mistake("needs an api_version like v26.0", settings.api_version);
    }
    if (settings.timeout && settings.timeout->count() <= 0) {
        return mistake("needs a timeout longer than nothing",
                       std::to_string(settings.timeout->count()));
    }
    return check_urls(settings);
}

// `own` where the operator wrote one, else the row's path below its host; empty
// where the row has none.
struct Place {
    std::string_view host;
    std::string_view path;
};

std::string url_of(std::string own, const Place& row, std::string_view version) {
    if (!own.empty() || row.path.empty()) {
        return own;
    }
    return std::string(row.host) + with_version(row.path, version);
}

void place_urls(Provider& provider, ProviderSettings& settings) {
    const ProviderType& type = *provider.type;
    const std::string& version = provider.api_version;
    const bool own_host = !settings.api_url.empty();
    provider.authorize_url = settings.authorize_url.empty()
                                 ? with_version(type.authorize_url, version)
                                 : std::move(settings.authorize_url);
    provider.api_url = own_host ? std::move(settings.api_url) : std::string(type.api_url);
    while (provider.api_url.ends_with('/')) {
        provider.api_url.pop_back();
    }
    const std::string_view api = provider.api_url;
    const std::string_view token_host = own_host || type.token_host.empty() ? api : type.token_host;

    provider.token_url =
        url_of(std::move(settings.token_url), {token_host, type.token_path}, version);
    provider.request_token_url =
        url_of(std::move(settings.request_token_url), {api, type.request_token_path}, version);
    provider.profile_url =
        url_of(std::move(settings.profile_url), {api, type.profile_path}, version);
    provider.accounts_url = url_of({}, {api, type.accounts_path}, version);
    provider.revoke_url = url_of({}, {api, type.revoke_path}, version);
    if (type.long_lived) {
        provider.long_lived_url = type.long_lived->path.empty()
                                      ? provider.token_url
                                      : url_of({}, {api, type.long_lived->path}, version);
    }
}

Result<void> check_complete(const Provider& provider) {
    if (provider.authorize_url.empty()) {
        return mistake("needs an authorize_url for its type", std::string(provider.type->name));
    }
    if (provider.token_url.empty()) {
        return mistake("needs a token_url for its type", std::string(provider.type->name));
    }
    const bool profile_in_token = provider.type->shape == SessionShape::oauth1_profile;
    if (provider.profile_url.empty() && !profile_in_token) {
        return mistake("needs a profile_url for its type", std::string(provider.type->name));
    }
    return {};
}

}  // namespace

Result<Provider> make_provider(ProviderSettings settings) {
    Provider provider;
    provider.type = find_type(settings.type);
    if (provider.type == nullptr) {
        return mistake(
            "needs a type: one of facebook, instagram, instagram_login, twitter, twitter_oauth2, "
            "oauth1, "
            "oauth2 or oidc",
            settings.type);
    }
    if (provider.type->protocol != Protocol::oauth2) {
        return mistake("needs another type, since logins of this one are not built in",
                       settings.type);
    }
    if (Result<void> checked = check_settings(settings); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    const bool default_scope = settings.scope.empty();
    Result<std::string> scope =
        joined_scope(default_scope ? provider.type->default_scope : settings.scope,
                     provider.type->scope_separator);
    if (!scope) {
        return std::unexpected(std::move(scope.error()));
    }
    provider.scope = std::move(*scope);
    provider.api_version = settings.api_version.empty() ? std::string(provider.type->api_version)
                                                        : std::move(settings.api_version);
    place_urls(provider, settings);
    provider.name = std::move(settings.name);
    provider.client_id = std::move(settings.client_id);
    provider.client_secret = std::move(settings.client_secret);
    provider.callback_url = std::move(settings.callback_url);
    provider.ca_file = std::move(settings.ca_file);
    provider.timeout = settings.timeout.value_or(provider.timeout);
    if (Result<void> complete = check_complete(provider); !complete) {
        return std::unexpected(std::move(complete.error()));
    }
    return provider;
}

}  // namespace social::oauth
