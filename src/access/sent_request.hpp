// A request as nginx's proxy module sends it upstream: the input of its signature.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/credential.hpp"
#include "ngx/ngx.hpp"
#include "oauth/request_credential.hpp"

namespace social::ngx {

// The upstream request. `form` is the client's body, from form_of(). If the credential has no
// `uri`, it uses the URI of a proxy_pass without one. That is the original URI, or the new one
// after a rewrite. proxy_method and proxy_set_body apply only once the proxy module composes its
// request. Throws std::bad_alloc.
[[nodiscard]] oauth::SentRequest sent_request(ngx_http_request_t* r, const Credential& credential,
                                              std::string_view form);

// True if the request has a body of application/x-www-form-urlencoded.
[[nodiscard]] bool has_form(ngx_http_request_t* r) noexcept;

// The body, once nginx has read it; nullopt if it is longer than 1 MiB. Throws std::bad_alloc, or
// std::runtime_error if its file cannot be read.
[[nodiscard]] std::optional<std::string> form_of(ngx_http_request_t* r);

// Evaluates a complex value. Throws std::bad_alloc.
[[nodiscard]] std::string text_of(ngx_http_request_t* r, ngx_http_complex_value_t& value);

}  // namespace social::ngx
