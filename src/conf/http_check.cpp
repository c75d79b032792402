#include "conf/http_check.hpp"

#include <algorithm>

#include "conf/directives.hpp"
#include "endpoint/status.hpp"

namespace social::ngx {

namespace {

bool needs_worker(const MainSettings& settings) noexcept {
    return !settings.providers.empty() || settings.sites.size() != 0 ||
           settings.authentication.in_use || settings.status_in_use ||
           !settings.token.sources.empty();
}

Result<void> check_store(const MainSettings& settings) {
    if (settings.redis && !settings.keyring) {
        return fail(Kind::bad_request,
                    "is Redis, which several instances share: they need the same social_keyring, "
                    "and there is none");
    }
    return {};
}

// A login at an unknown site must cost as much as one at a known site. So it computes a hash of a
// users file, if there is one.
Result<void> choose_any_users(MainSettings& settings) {
    auto& files = settings.user_files;
    if (files.empty()) {
        Result<site::Users> nobody = site::Users::parse("");
        if (!nobody) {
            return std::unexpected(std::move(nobody.error()));
        }
        files[""] = std::make_unique<site::Users>(std::move(*nobody));
    }
    settings.authentication.any_users = files.begin()->second.get();
    return {};
}

// bad_request if social_authenticate issues tokens and no key can sign them.
Result<void> finish_tokens(MainSettings& settings) {
    settings.token.check =
        std::make_unique<token::BearerCheck>(settings.token.keys, settings.token.rules);
    if (!settings.authentication.in_use) {
        return {};
    }
    if (settings.token.keys.signer() == nullptr) {
        return fail(Kind::bad_request,
                    "gives out tokens, and no key can sign them: let the first social_token_key "
                    "be a secret or a private key, as in: HS256 /etc/nginx/social/token.key");
    }
    return choose_any_users(settings);
}

// A warning only: the token API and the guard work without a provider.
void warn_of_no_provider(ngx_conf_t* cf, const MainSettings& settings) noexcept {
    if (settings.providers.empty() && settings.positions.endpoint) {
        log_conf_warning(cf, *settings.positions.endpoint,
                         "serves no provider, and finds no session: add one, as in: "
                         "social_provider facebook { type facebook; client_id ID; client_secret "
                         "file:PATH; }");
    }
}

}  // namespace

bool complete_http(ngx_conf_t* cf, MainSettings& settings) {
    if (!settings.store && needs_worker(settings) && !open_default_store(cf, settings)) {
        return false;
    }
    if (settings.status_in_use && !open_counts(cf, settings)) {
        return false;
    }
    if (const Result<void> checked = check_store(settings); !checked) {
        log_conf_error(cf, {settings.positions.store, "social_store"}, checked.error());
        return false;
    }
    if (const Result<void> finished = finish_tokens(settings); !finished) {
        log_conf_error(cf, {settings.positions.authenticate, "social_authenticate"},
                       finished.error());
        return false;
    }
    warn_of_no_provider(cf, settings);
    return true;
}

void warn_of_unused_credential(ngx_conf_t* cf, const MainSettings& settings) noexcept {
    const auto* core = static_cast<ngx_http_core_main_conf_t*>(
        ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    const auto* first = static_cast<const ngx_http_variable_t*>(core->variables.elts);
    const bool used = std::any_of(first, first + core->variables.nelts, [](const auto& variable) {
        return view(variable.name) == "social_authorization";
    });
    if (settings.positions.credential && !used) {
        log_conf_warning(cf, *settings.positions.credential,
                         "makes a credential that no directive sends: add \"proxy_set_header "
                         "Authorization $social_authorization;\" to its location");
    }
}

}  // namespace social::ngx
