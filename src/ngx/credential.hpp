// social_credential: what it says in a location, and the handler that works out the
// Authorization value before the request is passed on. It runs in nginx's precontent
// phase, behind every access check, and gives the value to $social_authorization.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "ngx/ngx.hpp"
#include "oauth/provider.hpp"

namespace social::ngx {

class MainSettings;

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
    std::string place;                            // of the directive
};

// Finds the provider, and checks what depends on other directives. `guarded`:
// social_bearer is on in the location.
[[nodiscard]] Result<void> complete_credential(Credential& credential, const MainSettings& settings,
                                               bool guarded);

// nginx precontent phase handler.
ngx_int_t on_credential(ngx_http_request_t* r) noexcept;

// For postconfiguration: watches for upstreams that refuse a token of the application.
void add_credential_filter() noexcept;

// The Authorization value; empty where there is none, and once the request has ended.
[[nodiscard]] std::string_view authorization_value(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
