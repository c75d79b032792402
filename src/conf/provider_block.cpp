// social_provider NAME { … }
#include <array>
#include <string_view>
#include <utility>

#include "conf/conf_value.hpp"
#include "conf/directives.hpp"
#include "oauth/authorize.hpp"
#include "oauth/provider_check.hpp"

namespace social::ngx {

namespace {

using oauth::ProviderSettings;

template <std::string ProviderSettings::* field>
Result<void> set_text(Directive& directive, ProviderSettings& settings) {
    return set_text(directive, settings.*field);
}

template <base::Secret ProviderSettings::* field>
Result<void> set_secret(Directive& directive, ProviderSettings& settings) {
    Result<base::Secret> read = secret_value(directive.cf, directive.values.front());
    if (read && read->empty()) {
        return fail(Kind::bad_request, "is empty");
    }
    const Result<void> set = assign(settings.*field, std::move(read));
    if (set) {
        warn_of_variable(directive);
    }
    return set;
}

// Commas, blanks inside quotes and separate words all separate scopes.
Result<void> set_scope(Directive& directive, ProviderSettings& settings) {
    for (const std::string_view word : directive.values) {
        settings.scope += settings.scope.empty() ? "" : " ";
        settings.scope += word;
    }
    return settings.scope.empty() ? fail(Kind::bad_request, kEmpty) : Result<void>();
}

Result<void> set_ca_file(Directive& directive, ProviderSettings& settings) {
    return assign(settings.ca_file, add_certificates(directive.cf, directive.values.front(),
                                                     main_settings(directive.cf).certificates));
}

Result<void> set_timeout(Directive& directive, ProviderSettings& settings) {
    return assign(settings.timeout,
                  timeout_value(directive.values.front(),
                                "has a time that cannot be used, write it as 5s or 800ms, up to "
                                "60s"));
}

template <class T>
struct Choice {
    std::string_view mistake;
    std::array<std::pair<std::string_view, T>, 2> words;
};

constexpr Choice<oauth::ClientAuth> kClientAuth{
    "takes \"basic\" or \"post\"",
    {{{"basic", oauth::ClientAuth::basic}, {"post", oauth::ClientAuth::body}}}};
constexpr Choice<char> kScopeSeparator{"takes \"space\" or \"comma\"",
                                       {{{"space", ' '}, {"comma", ','}}}};
constexpr Choice<oauth::RevocationScope> kRevocationScope{
    "takes \"token\" or \"grant\"",
    {{{"token", oauth::RevocationScope::token}, {"grant", oauth::RevocationScope::grant}}}};

// The setter of a member that takes one of two words.
template <auto field, const auto& choice>
Result<void> set_choice(Directive& directive, ProviderSettings& settings) {
    for (const auto& [word, value] : choice.words) {
        if (word == directive.values.front()) {
            settings.*field = value;
            return {};
        }
    }
    return fail(Kind::bad_request, choice.mistake, std::string(directive.values.front()));
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
    {"revocation_scope", 1, 1, &set_choice<&ProviderSettings::revocation_scope, kRevocationScope>},
    {"issuer", 1, 1, &set_text<&ProviderSettings::issuer>},
    {"client_auth", 1, 1, &set_choice<&ProviderSettings::client_auth, kClientAuth>},
    {"scope_separator", 1, 1, &set_choice<&ProviderSettings::scope_separator, kScopeSeparator>},
    {"authorize_parameter", 2, 2, &add_authorize_parameter, true},
    {"access_token", 1, 1, &set_secret<&ProviderSettings::owner_token>},
    {"access_token_secret", 1, 1, &set_secret<&ProviderSettings::owner_token_secret>},
    {"ca_file", 1, 1, &set_ca_file},
    {"timeout", 1, 1, &set_timeout},
}};

// Each block of an app lists the names of all others of the same app.
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
