// A request as nginx's proxy will send it upstream, for a signature over it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/credential.hpp"
#include "ngx/ngx.hpp"
#include "oauth/request_credential.hpp"

namespace social::ngx {

// The request as it goes upstream. `form` is the client's own, as form_of() gives it. Where the
// credential names no URI it is that which proxy_pass sends when it has none of its own: as it
// came, or, behind a rewrite, the new one. What the proxy module changes besides is known once it
// composes its request, and not before. Throws std::bad_alloc.
[[nodiscard]] oauth::SentRequest sent_request(ngx_http_request_t* r, const Credential& credential,
                                              std::string_view form);

// Whether the request has a body of application/x-www-form-urlencoded.
[[nodiscard]] bool has_form(ngx_http_request_t* r) noexcept;

// That body, once nginx has read it, from memory or from its file; nothing when it is longer
// than a form that is signed may be. Throws std::bad_alloc, or std::runtime_error for a
// file that cannot be read.
[[nodiscard]] std::optional<std::string> form_of(ngx_http_request_t* r);

// The text of a value with variables. Throws std::bad_alloc.
[[nodiscard]] std::string text_of(ngx_http_request_t* r, ngx_http_complex_value_t& value);

}  // namespace social::ngx
