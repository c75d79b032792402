// The configuration of social_credential, and its handler in nginx's precontent phase. The handler
// runs after every access check. It computes the Authorization value, which $social_authorization
// returns.
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
    session,  // the token of a session's user
    app,      // the application's own token
    owner,    // the token of the operator's own account
};

// Lives in the configuration's pool.
struct Credential {
    CredentialKind kind = CredentialKind::off;
    std::string provider_name;
    const oauth::Provider* provider = nullptr;    // set once all of http{} has been read
    ngx_http_complex_value_t* session = nullptr;  // only for CredentialKind::session
    ngx_http_complex_value_t* uri = nullptr;      // sent upstream; nullptr: the request's own
    std::optional<ProxyModule> proxy;  // for a signature; nullopt without the proxy module
    DirectivePosition at;
};

// True if each upstream request has its own OAuth 1.0a signature (RFC 5849 §3.4).
[[nodiscard]] bool is_signed(const Credential& credential) noexcept;

// Resolves the provider of the location's credential and checks it against other directives.
// Precondition: nginx has merged the location. Fails with a message for the configuration's log.
[[nodiscard]] Result<void> complete_credential(ngx_conf_t* cf, LocationSettings& location);

// nginx precontent phase handler. Returns NGX_DECLINED once the credential is ready.
ngx_int_t on_credential(ngx_http_request_t* r) noexcept;

// nginx log phase handler, before all others: removes the credential of a subrequest
// (log_subrequest) from its variables and headers. The destructor of CredentialFlow has done this
// for a main request.
ngx_int_t on_log_credential(ngx_http_request_t* r) noexcept;

// Called when a worker starts. Adds the header filter that drops refused application tokens.
void add_credential_filter() noexcept;

// The Authorization value for the request as sent upstream, in the request's pool. Empty without a
// credential, after the end of the request and in the log phase. Throws std::bad_alloc, or Failure
// if the request cannot be signed.
[[nodiscard]] ngx_str_t authorization_value(ngx_http_request_t* r);

}  // namespace social::ngx
