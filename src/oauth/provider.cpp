#include "oauth/provider.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "oauth/form_text.hpp"
#include "oauth/provider_check.hpp"

namespace social::oauth {

namespace {

void fill_in(std::string& text, std::string_view mark, std::string_view value) {
    if (const std::size_t at = text.find(mark); at != std::string::npos) {
        text.replace(at, mark.size(), value);
    }
}

std::string filled_in(std::string_view text, const Provider& provider) {
    std::string out(text);
    fill_in(out, "{version}", provider.api_version);
    fill_in(out, "{client_id}", base::percent_encode(provider.client_id));
    return out;
}

// A character of scope-token (RFC 6749 §3.3).
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
            return bad_request("needs a scope without quotes and control characters",
                               std::string(written));
        }
        if (!token.empty()) {
            out += out.empty() ? "" : std::string(1, separator);
            out += token;
        }
    }
    return out;
}

bool has_word(std::string_view scope, std::string_view word) noexcept {
    const std::size_t at = scope.find(word);
    const auto is_end = [scope](std::size_t place) {
        return place >= scope.size() || scope[place] == ' ' || scope[place] == ',';
    };
    return at != std::string_view::npos && (at == 0 || is_end(at - 1)) && is_end(at + word.size());
}

// The operator's URL if there is one, else the row's path below its host. Empty without both.
struct DefaultUrl {
    std::string_view host;
    std::string_view path;
};

std::string url_of(std::string configured, const DefaultUrl& row, const Provider& provider) {
    if (!configured.empty() || row.path.empty()) {
        return configured;
    }
    return std::string(row.host) + filled_in(row.path, provider);
}

void set_urls(Provider& provider, ProviderSettings& settings) {
    const ProviderType& type = *provider.type;
    const bool own_host = !settings.api_url.empty();
    provider.authorize_url = settings.authorize_url.empty()
                                 ? filled_in(type.authorize_url, provider)
                                 : std::move(settings.authorize_url);
    provider.api_url = own_host ? std::move(settings.api_url) : std::string(type.api_url);
    while (provider.api_url.ends_with('/')) {
        provider.api_url.pop_back();
    }
    const std::string_view api = provider.api_url;
    const std::string_view token_host = own_host || type.token_host.empty() ? api : type.token_host;

    provider.token_url =
        url_of(std::move(settings.token_url), {token_host, type.token_path}, provider);
    provider.request_token_url =
        url_of(std::move(settings.request_token_url), {api, type.request_token_path}, provider);
    provider.profile_url =
        url_of(std::move(settings.profile_url), {api, type.profile_path}, provider);
    provider.accounts_url = url_of({}, {api, type.accounts_path}, provider);
    provider.revoke_url = url_of(std::move(settings.revoke_url), {api, type.revoke_path}, provider);
    if (type.long_lived) {
        provider.long_lived_url = type.long_lived->path.empty()
                                      ? provider.token_url
                                      : url_of({}, {api, type.long_lived->path}, provider);
    }
    if (type.renewal) {
        provider.refresh_url = type.renewal->path.empty()
                                   ? provider.token_url
                                   : url_of({}, {api, type.renewal->path}, provider);
    }
    if (type.client_credentials) {
        provider.app_token_url = type.app_token_path.empty()
                                     ? provider.token_url
                                     : url_of({}, {api, type.app_token_path}, provider);
    }
}

// An operator's parameter replaces the row's parameter of the same name.
std::string authorize_query(const ProviderType& type, const ProviderSettings& settings) {
    const std::vector<base::FormField>& configured = settings.authorize_parameters;
    FormText query;
    if (const Result<base::Form> row = base::Form::parse(type.authorize_query)) {
        for (const base::FormField& field : row->fields()) {
            if (std::ranges::find(configured, field.name, &base::FormField::name) ==
                configured.end()) {
                query.add({field.name, field.value});
            }
        }
    }
    for (const base::FormField& field : configured) {
        query.add({field.name, field.value});
    }
    return query.text();
}

// Client ids are unique within one authorization server only (RFC 6749 §2.2).
std::string app_of(const Provider& provider) {
    std::string app(provider.type->family);
    if (app.empty()) {
        app = provider.type->name;
        app += '\0';
        app += provider.issuer.empty() ? provider.token_url : provider.issuer;
    }
    app += '\0';
    app += provider.client_id;
    return app;
}

Result<void> check_complete(const Provider& provider) {
    if (provider.type->protocol == Protocol::oidc) {
        // The discovery document has the endpoints.
        return provider.issuer.empty()
                   ? bad_request("needs an issuer for its type", provider.type->name)
                   : Result<void>();
    }
    if (provider.type->protocol == Protocol::oauth1 && provider.request_token_url.empty()) {
        return bad_request("needs a request_token_url for its type", provider.type->name);
    }
    if (provider.authorize_url.empty()) {
        return bad_request("needs an authorize_url for its type", provider.type->name);
    }
    if (provider.token_url.empty()) {
        return bad_request("needs a token_url for its type", provider.type->name);
    }
    const bool profile_in_token = provider.type->shape == SessionShape::oauth1_profile;
    if (provider.profile_url.empty() && !profile_in_token) {
        return bad_request("needs a profile_url for its type", provider.type->name);
    }
    return {};
}

}  // namespace

Result<Provider> make_provider(ProviderSettings settings) {
    Provider provider;
    provider.type = find_type(settings.type);
    if (provider.type == nullptr) {
        return bad_request(
            "needs a type: facebook, instagram, instagram_login, twitter, twitter_oauth2, google, "
            "linkedin, github, tiktok, microsoft, apple, oauth1, oauth2 or oidc",
            settings.type);
    }
    const ProviderType& type = *provider.type;
    if (Result<void> checked = check_settings(type, settings); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    Result<std::string> scope =
        joined_scope(settings.scope.empty() ? type.default_scope : settings.scope,
                     settings.scope_separator.value_or(type.scope_separator));
    if (!scope) {
        return std::unexpected(std::move(scope.error()));
    }
    // OpenID Connect Core 1.0 §3.1.2.1: without openid there is no ID token.
    if (type.protocol == Protocol::oidc && !has_word(*scope, "openid")) {
        return bad_request("needs a scope with openid for its type", *scope);
    }
    provider.scope = std::move(*scope);
    provider.api_version = settings.api_version.empty() ? std::string(type.api_version)
                                                        : std::move(settings.api_version);
    provider.issuer =
        settings.issuer.empty() ? std::string(type.issuer) : std::move(settings.issuer);
    provider.authorize_query = authorize_query(type, settings);
    provider.client_id = std::move(settings.client_id);
    set_urls(provider, settings);
    provider.name = std::move(settings.name);
    provider.app = app_of(provider);
    provider.app_blocks = {provider.name};
    provider.brand = type.brand.empty() ? provider.name : std::string(type.brand);
    provider.client_secret = std::move(settings.client_secret);
    provider.client_auth = settings.client_auth.value_or(type.client_auth);
    provider.revocation_scope = settings.revocation_scope.value_or(type.revocation_scope);
    provider.owner_token = std::move(settings.owner_token);
    provider.owner_token_secret = std::move(settings.owner_token_secret);
    provider.callback_url = std::move(settings.callback_url);
    provider.ca_file = std::move(settings.ca_file);
    provider.timeout = settings.timeout.value_or(provider.timeout);
    if (Result<void> complete = check_complete(provider); !complete) {
        return std::unexpected(std::move(complete.error()));
    }
    return provider;
}

}  // namespace social::oauth
