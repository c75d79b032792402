// The bearer check of a request (RFC 6750): in the session API, and in the access
// phase of locations that ask for it.
#pragma once

#include "base/error.hpp"
#include "ngx/ngx.hpp"
#include "token/claims.hpp"

namespace social::ngx {

// The claims of a token that verifies and belongs to a configured site; they are
// then in the request's identity. Kind::unauthenticated otherwise.
[[nodiscard]] Result<token::Claims> check_bearer(ngx_http_request_t* r);

// nginx access phase handler.
ngx_int_t on_access(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
