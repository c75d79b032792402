// social_provider NAME { … }
#include <algorithm>
#include <array>
#include <chrono>

#include "ngx/conf_value.hpp"
#include "ngx/directives.hpp"
#include "oauth/authorize.hpp"
#include "oauth/provider_check.hpp"

namespace social::ngx {

namespace {

using oauth::ProviderSettings;

constexpr std::string_view kEmpty = "is empty, write the value or leave the directive out";

// A member that stands once and is kept as written.
template <std::string ProviderSettings::* field>
Result<void> set_text(Directive& directive, ProviderSettings& settings) {
    std::string& value = settings.*field;
    if (!value.empty()) {
        return fail(Kind::bad_request, "is duplicate");
    }
    value = directive.values.front();
    if (value.empty()) {
        return fail(Kind::bad_request, kEmpty);
    }
    warn_of_variable(directive);
    return {};
}

template <base::Secret ProviderSettings::* field>
Result<void> set_secret(Directive& directive, ProviderSettings& settings) {
    base::Secret& value = settings.*field;
    if (!value.empty()) {
        return fail(Kind::bad_request, "is duplicate");
    }
    Result<base::Secret> read = secret_value(directive.cf, directive.values.front());
    if (!read) {
        return std::unexpected(std::move(read.error()));
    }
    if (read->empty()) {
        return fail(Kind::bad_request, "is empty");
    }
    value = std::move(*read);
    warn_of_variable(directive);
    return {};
}

// Milliseconds. A login as a whole takes no longer.
constexpr ngx_int_t kLongestTimeout = 60 * 1000;

// Scopes may be separated by commas, by blanks inside quotes, or be several words.
Result<void> set_scope(Directive& directive, ProviderSettings& settings) {
    if (!settings.scope.empty()) {
        return fail(Kind::bad_request, "is duplicate");
    }
    for (const std::string_view word : directive.values) {
        settings.scope += settings.scope.empty() ? "" : " ";
        settings.scope += word;
    }
    return settings.scope.empty() ? fail(Kind::bad_request, kEmpty) : Result<void>();
}

Result<void> set_ca_file(Directive& directive, ProviderSettings& settings) {
    if (!settings.ca_file.empty()) {
        return fail(Kind::bad_request, "is duplicate");
    }
    Result<std::string> added = add_certificates(directive.cf, directive.values.front(),
                                                 main_settings(directive.cf).certificates);
    if (!added) {
        return std::unexpected(std::move(added.error()));
    }
    settings.ca_file = std::move(*added);
    return {};
}

Result<void> set_timeout(Directive& directive, ProviderSettings& settings) {
    if (settings.timeout) {
        return fail(Kind::bad_request, "is duplicate");
    }
    ngx_str_t text = as_ngx(directive.values.front());
    const ngx_int_t milliseconds = ngx_parse_time(&text, 0);
    if (milliseconds == NGX_ERROR || milliseconds == 0 || milliseconds > kLongestTimeout) {
        return fail(Kind::bad_request,
                    "has a time that cannot be used, write it as 5s or 800ms, up to 60s",
                    std::string(directive.values.front()));
    }
    settings.timeout = std::chrono::milliseconds(milliseconds);
    return {};
}

Result<void> set_client_auth(Directive& directive, ProviderSettings& settings) {
    if (settings.client_auth) {
        return fail(Kind::bad_request, "is duplicate");
    }
    const std::string_view value = directive.values.front();
    if (value != "basic" && value != "post") {
        return fail(Kind::bad_request, "takes \"basic\" or \"post\"", std::string(value));
    }
    settings.client_auth = value == "basic" ? oauth::ClientAuth::basic : oauth::ClientAuth::body;
    return {};
}

Result<void> set_scope_separator(Directive& directive, ProviderSettings& settings) {
    if (settings.scope_separator) {
        return fail(Kind::bad_request, "is duplicate");
    }
    const std::string_view value = directive.values.front();
    if (value != "space" && value != "comma") {
        return fail(Kind::bad_request, "takes \"space\" or \"comma\"", std::string(value));
    }
    settings.scope_separator = value == "space" ? ' ' : ',';
    return {};
}

Result<void> set_revocation_scope(Directive& directive, ProviderSettings& settings) {
    if (settings.revocation_scope) {
        return fail(Kind::bad_request, "is duplicate");
    }
    const std::string_view value = directive.values.front();
    if (value != "token" && value != "grant") {
        return fail(Kind::bad_request, "takes \"token\" or \"grant\"", std::string(value));
    }
    settings.revocation_scope =
        value == "token" ? oauth::RevocationScope::token : oauth::RevocationScope::grant;
    return {};
}

Result<void> add_authorize_parameter(Directive& directive, ProviderSettings& settings) {
    const std::string name(directive.values[0]);
    if (!oauth::is_free_parameter(name)) {
        return fail(Kind::bad_request,
                    "needs the name of a parameter that the gateway does not set itself", name);
    }
    if (base::find_by_name(settings.authorize_parameters, name).once()) {
        return fail(Kind::bad_request, "sets a parameter twice", name);
    }
    settings.authorize_parameters.push_back({name, std::string(directive.values[1])});
    return {};
}

constexpr std::size_t kManyWords = 64;

constexpr std::array<Member<ProviderSettings>, 21> kMembers{{
    {"type", 1, 1, &set_text<&ProviderSettings::type>},
    {"client_id", 1, 1, &set_text<&ProviderSettings::client_id>},
    {"client_secret", 1, 1, &set_secret<&ProviderSettings::client_secret>},
    {"scope", 1, kManyWords, &set_scope},
    {"api_version", 1, 1, &set_text<&ProviderSettings::api_version>},
    {"authorize_url", 1, 1, &set_text<&ProviderSettings::authorize_url>},
    {"token_url", 1, 1, &set_text<&ProviderSettings::token_url>},
    {"api_url", 1, 1, &set_text<&ProviderSettings::api_url>},
    {"profile_url", 1, 1, &set_text<&ProviderSettings::profile_url>},
    {"callback_url", 1, 1, &set_text<&ProviderSettings::callback_url>},
    {"request_token_url", 1, 1, &set_text<&ProviderSettings::request_token_url>},
    {"revoke_url", 1, 1, &set_text<&ProviderSettings::revoke_url>},
    {"revocation_scope", 1, 1, &set_revocation_scope},
    {"issuer", 1, 1, &set_text<&ProviderSettings::issuer>},
    {"client_auth", 1, 1, &set_client_auth},
    {"scope_separator", 1, 1, &set_scope_separator},
    {"authorize_parameter", 2, 2, &add_authorize_parameter},
    {"access_token", 1, 1, &set_secret<&ProviderSettings::owner_token>},
    {"access_token_secret", 1, 1, &set_secret<&ProviderSettings::owner_token_secret>},
    {"ca_file", 1, 1, &set_ca_file},
    {"timeout", 1, 1, &set_timeout},
}};

// Each block of an app learns the names of all of them.
void join_app(Providers& providers, oauth::Provider& added) {
    for (auto& [name, other] : providers) {
        if (other.app == added.app) {
            other.app_blocks.push_back(added.name);
            added.app_blocks.push_back(name);
        }
    }
}

}  // namespace

Result<void> set_provider(Directive& directive, MainSettings& settings) {
    const std::string name(directive.values.front());
    if (!oauth::is_provider_name(name)) {
        return fail(Kind::bad_request, "needs a name of letters, digits, \"_\" and \"-\"", name);
    }
    if (settings.find_provider(name) != nullptr) {
        return fail(Kind::bad_request, "is there twice", name);
    }
    ProviderSettings written;
    written.name = name;
    Block<ProviderSettings> block(written, kMembers);
    if (const Result<void> read = block.parse(directive.cf); !read) {
        return read;
    }
    Result<oauth::Provider> made = oauth::make_provider(std::move(written));
    if (!made) {
        return std::unexpected(std::move(made.error()));
    }
    join_app(settings.providers, *made);
    settings.providers.emplace(name, std::move(*made));
    return {};
}

}  // namespace social::ngx
