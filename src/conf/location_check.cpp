#include "conf/location_check.hpp"

#include "access/credential.hpp"
#include "conf/location_search.hpp"

namespace social::ngx {

namespace {

constexpr std::string_view kNoKey =
    "can verify no token, and refuses every request: add a key, as in: social_token_key HS256 "
    "/etc/nginx/social/token.key";

ngx_http_core_loc_conf_t& core_location(ngx_conf_t* cf) noexcept {
    return *static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
}

// The handler of the token API bounds the body itself. nginx's limit is for modules that read the
// body earlier. The mirror module, for example, may buffer it in a file.
void set_body_limit(ngx_conf_t* cf, const LocationSettings& own) noexcept {
    constexpr off_t kLimit = 1024 * 1024;  // bytes; nginx's default
    if (own.endpoint == Endpoint::authenticate) {
        core_location(cf).client_max_body_size = kLimit;
    }
}

Result<void> check_needs(Endpoint endpoint, const MainSettings& settings) {
    const bool of_sites = serves_provider(endpoint) || endpoint == Endpoint::authenticate;
    if (of_sites && settings.sites.size() == 0) {
        return fail(Kind::bad_request,
                    "serves no site: add one, as in: social_site 169 { origin "
                    "https://mysite.example; }");
    }
    if (endpoint == Endpoint::session && settings.token.keys.empty()) {
        return fail(Kind::bad_request, kNoKey);
    }
    return {};
}

// A name with variables is looked up at each request.
Result<void> check_provider(const LocationSettings& own, const MainSettings& settings) {
    if (own.provider == nullptr || own.provider->lengths != nullptr ||
        own.provider->value.len == 0) {
        return {};
    }
    const std::string name(view(own.provider->value));
    const oauth::Provider* provider = settings.find_provider(name);
    if (provider == nullptr) {
        return fail(Kind::bad_request, "cannot be served",
                    "unknown provider \"" + name +
                        "\", there is no social_provider block of that name: add one, or correct "
                        "the name");
    }
    const bool signed_only =
        own.endpoint == Endpoint::deauthorize || own.endpoint == Endpoint::data_deletion;
    if (signed_only && !provider->type->signed_requests) {
        return fail(Kind::bad_request,
                    "is for the callbacks of Meta: name a provider of type facebook or instagram",
                    name);
    }
    return {};
}

// An exact location matches one uri, so no session id can follow it.
Result<void> check_session_uri(ngx_conf_t* cf, const LocationSettings& own) {
    const ngx_http_core_loc_conf_t& core = core_location(cf);
    if (own.endpoint == Endpoint::session && core.exact_match != 0 &&
        !view(core.name).contains("/session/")) {
        return fail(Kind::bad_request,
                    "finds no session id in the one uri of its location: write location ^~ "
                    "/api/session/ { … }",
                    std::string(view(core.name)));
    }
    return {};
}

Result<void> check_credential(ngx_conf_t* cf, LocationSettings& own) {
    if (own.credential == nullptr) {
        return {};
    }
    if (own.endpoint != Endpoint::none && own.credential->kind != CredentialKind::off) {
        return fail(Kind::bad_request,
                    "is for requests that are passed on, and an endpoint passes none on: write "
                    "\"social_credential off\", or move one of them to another location",
                    std::string(own.mount.directive));
    }
    return complete_credential(cf, own);
}

Result<void> check_bearer_needs(const MainSettings& settings) {
    if (settings.token.keys.empty()) {
        return fail(Kind::bad_request, kNoKey);
    }
    if (settings.sites.size() == 0) {
        return fail(Kind::bad_request,
                    "admits no site, and refuses every request: add one, as in: social_site 169 { "
                    "origin https://mysite.example; }");
    }
    return {};
}

// Browsers and callbacks have no bearer token. social_session checks the token itself.
void warn_of_guarded_endpoint(ngx_conf_t* cf, const LocationSettings& own) noexcept {
    const bool satisfies_any = core_location(cf).satisfy == NGX_HTTP_SATISFY_ANY;
    const bool open = own.endpoint != Endpoint::none && own.endpoint != Endpoint::session &&
                      own.endpoint != Endpoint::status;
    if (open && own.bearer == 1 && !satisfies_any) {
        log_conf_warning(cf, {own.mount.at, own.mount.directive},
                         "is behind \"social_bearer on\", and its callers have no token yet: write "
                         "\"social_bearer off\" in its location");
    }
}

// A warning only: the tokens may come from another issuer.
void warn_of_no_users(ngx_conf_t* cf, const LocationSettings& own) noexcept {
    if (own.endpoint == Endpoint::authenticate && own.check.uri.len == 0 &&
        !main_settings(cf).has_users()) {
        log_conf_warning(cf, {own.mount.at, own.mount.directive},
                         "gives nobody a token, since no social_site has users: add \"users "
                         "/etc/nginx/social/users;\" to one, or name a location that checks "
                         "passwords");
    }
}

// Logs the error of a check at the position of the directive. Returns true if the check passed.
bool passes(ngx_conf_t* cf, const ConfMessage& about, const Result<void>& checked) noexcept {
    if (!checked) {
        log_conf_error(cf, about, checked.error());
    }
    return checked.has_value();
}

// Detects a content handler whose directive follows that of the endpoint and replaces its handler.
// An "if" or a limit_except inside may have a handler of its own.
bool keeps_handler(ngx_conf_t* cf, const LocationSettings& own) noexcept {
    const ngx_http_handler_pt handler = core_location(cf).handler;
    if (own.endpoint == Endpoint::none || handler == own.mount.handler || handler == nullptr) {
        return true;
    }
    log_conf_error(cf, {own.mount.at, own.mount.directive},
                   {Kind::bad_request, kBesideHandler, {}});
    return false;
}

bool complete_endpoint(ngx_conf_t* cf, const LocationSettings& own) {
    if (own.endpoint == Endpoint::none) {
        return true;
    }
    const MainSettings& settings = main_settings(cf);
    const ConfMessage about{own.mount.at, own.mount.directive};
    if (!keeps_handler(cf, own) || !passes(cf, about, check_needs(own.endpoint, settings)) ||
        !passes(cf, about, check_provider(own, settings)) ||
        !passes(cf, about, check_session_uri(cf, own)) ||
        !passes(cf, about, check_credentials_uri(cf, own))) {
        return false;
    }
    warn_of_guarded_endpoint(cf, own);
    warn_of_no_users(cf, own);
    set_body_limit(cf, own);
    return true;
}

}  // namespace

bool complete_location(ngx_conf_t* cf, LocationSettings& own) {
    if (!complete_endpoint(cf, own)) {
        return false;
    }
    if (own.bearer == 1 &&
        !passes(cf, {own.bearer_at, "social_bearer"}, check_bearer_needs(main_settings(cf)))) {
        return false;
    }
    const DirectivePosition at =
        own.credential != nullptr ? own.credential->at : DirectivePosition();
    return passes(cf, {at, "social_credential"}, check_credential(cf, own));
}

}  // namespace social::ngx
