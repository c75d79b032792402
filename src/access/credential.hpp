// social_credential: what it says in a location, and the handler that works out the
// Authorization value before the request is passed on. It runs in nginx's precontent
// phase, behind every access check, and gives the value to $social_authorization.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "ngx/conf_message.hpp"
#include "ngx/ngx.hpp"
#include "ngx/proxy_module.hpp"
#include "oauth/provider.hpp"

namespace social::ngx {

struct LocationSettings;

enum class CredentialKind : std::uint8_t {
    off,
    session,  // the user of a session
    app,      // the application
    owner,    // the operator's own account
};

// Lives in the configuration's pool.
struct Credential {
    CredentialKind kind = CredentialKind::off;
    std::string provider_name;
    const oauth::Provider* provider = nullptr;    // once all of http{} has been read
    ngx_http_complex_value_t* session = nullptr;  // CredentialKind::session alone
    ngx_http_complex_value_t* uri = nullptr;      // sent upstream; nullptr: the request's own
    std::optional<ProxyModule> proxy;             // where what is sent upstream is signed
    DirectivePosition at;
};

// Whether each request upstream has an OAuth 1.0a signature of its own.
[[nodiscard]] bool is_signed(const Credential& credential) noexcept;

// Finds the provider of the location's credential, and checks what depends on other directives.
// The location has been merged.
[[nodiscard]] Result<void> complete_credential(ngx_conf_t* cf, LocationSettings& location);

// nginx precontent phase handler.
ngx_int_t on_credential(ngx_http_request_t* r) noexcept;

// nginx log phase handler, in front of all others: hides the credential of a subrequest
// (log_subrequest). That of a main request is gone by then.
ngx_int_t on_log_credential(ngx_http_request_t* r) noexcept;

// When a worker starts: watches for upstreams that refuse a token of the application.
void add_credential_filter() noexcept;

// The Authorization value for the request as it is sent upstream now, in the request's pool;
// empty where there is none, and once the request has ended or is being logged. Throws
// std::bad_alloc.
[[nodiscard]] ngx_str_t authorization_value(ngx_http_request_t* r);

}  // namespace social::ngx
