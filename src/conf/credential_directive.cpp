// social_credential PROVIDER session=VALUE | app | owner [uri=VALUE]; social_credential off
#include <span>

#include "access/credential.hpp"
#include "conf/conf_value.hpp"
#include "conf/directives.hpp"

namespace social::ngx {

namespace {

constexpr std::string_view kForms =
    "takes a provider and one of session=VALUE, app and owner, or \"off\"";

Result<void> set_value(ngx_conf_t* cf, ngx_http_complex_value_t*& target, std::string_view text) {
    if (text.empty()) {
        return fail(Kind::bad_request, "needs a value behind \"=\"");
    }
    target = compile_value(cf, as_ngx(text));
    return target != nullptr ? Result<void>() : fail(Kind::bad_request, kAlreadyLogged);
}

Result<void> set_kind(Directive& directive, Credential& credential, std::string_view word) {
    if (credential.kind != CredentialKind::off) {
        return fail(Kind::bad_request, kForms, std::string(word));
    }
    if (word == "app" || word == "owner") {
        credential.kind = word == "app" ? CredentialKind::app : CredentialKind::owner;
        return {};
    }
    const auto session = parameter(word, "session=");
    if (!session) {
        return fail(Kind::bad_request, kForms, std::string(word));
    }
    credential.kind = CredentialKind::session;
    if (!session->contains('$')) {
        log_conf_warning(directive.cf, {position(directive.cf), directive.name},
                         "has a session= without a variable, so every request uses one session: "
                         "write session=$http_x_session_id, or whatever holds the id");
    }
    return set_value(directive.cf, credential.session, *session);
}

// The proxy settings are final here: nginx merges those of its own modules before those of an added
// one.
Result<void> find_proxy(ngx_conf_t* cf, LocationSettings& location) {
    Credential& credential = *location.credential;
    credential.proxy = ProxyModule::find(*cf->cycle);
    if (!credential.proxy) {
        return {};
    }
    auto** locations = static_cast<ngx_http_conf_ctx_t*>(cf->ctx)->loc_conf;
    const ngx_str_t body = credential.proxy->body(locations);
    if (body.len == 0) {
        return {};
    }
    location.proxy_body = compile_value(cf, body);
    return location.proxy_body != nullptr ? Result<void>()
                                          : fail(Kind::bad_request, kAlreadyLogged);
}

}  // namespace

Result<void> set_credential(Directive& directive, LocationSettings& settings) {
    if (settings.credential != nullptr) {
        return fail(Kind::bad_request, "is duplicate");
    }
    auto& credential = create<Credential>(directive.cf->pool);
    credential.at = position(directive.cf);
    if (directive.values.size() == 1 && directive.values.front() == "off") {
        settings.credential = &credential;
        return {};
    }
    credential.provider_name = directive.values.front();
    for (const std::string_view word : std::span(directive.values).subspan(1)) {
        const auto uri = parameter(word, "uri=");
        const Result<void> set = uri && credential.uri == nullptr
                                     ? set_value(directive.cf, credential.uri, *uri)
                                     : set_kind(directive, credential, word);
        if (!set) {
            return set;
        }
    }
    if (credential.kind == CredentialKind::off) {
        return fail(Kind::bad_request, kForms, credential.provider_name);
    }
    settings.credential = &credential;
    std::optional<ConfMessage>& first = main_settings(directive.cf).positions.credential;
    if (!first) {
        first = {credential.at, directive.name};
    }
    return {};
}

bool is_signed(const Credential& credential) noexcept {
    return credential.kind != CredentialKind::app &&
           credential.provider->type->protocol == oauth::Protocol::oauth1;
}

Result<void> complete_credential(ngx_conf_t* cf, LocationSettings& location) {
    Credential& credential = *location.credential;
    if (credential.kind == CredentialKind::off) {
        return {};
    }
    const oauth::Provider* provider = main_settings(cf).find_provider(credential.provider_name);
    if (provider == nullptr) {
        return bad_request("names a provider that no social_provider block has",
                           credential.provider_name);
    }
    if (credential.kind == CredentialKind::session && location.bearer != 1) {
        return bad_request(
            "needs \"social_bearer on\" in its location: whose session it is must be "
            "known",
            credential.provider_name);
    }
    if (credential.kind == CredentialKind::app && provider->app_token_url.empty()) {
        return bad_request(
            "has \"app\" for a provider that gives no tokens to applications, its type "
            "is to be twitter or oauth2",
            credential.provider_name);
    }
    if (credential.kind == CredentialKind::owner && provider->owner_token.empty()) {
        return bad_request("needs an access_token in the social_provider block",
                           credential.provider_name);
    }
    if (provider->type->protocol == oauth::Protocol::oauth1 && provider->api_url.empty()) {
        return bad_request("needs an api_url in the social_provider block: it is signed",
                           credential.provider_name);
    }
    credential.provider = provider;
    return is_signed(credential) ? find_proxy(cf, location) : Result<void>();
}

}  // namespace social::ngx
