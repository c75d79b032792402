// The bearer check of a request (RFC 6750): in the session API, and in the access
// phase of locations that ask for it.
#pragma once

#include "base/error.hpp"
#include "ngx/ngx.hpp"
#include "site/site.hpp"

namespace social::ngx {

// Who sends the request: the site that its token is good for.
struct Caller {
    const site::Site* site;  // never nullptr
};

// The caller, if the token verifies and belongs to a configured site; site and user are
// then in the request's request_state. Kind::unauthenticated otherwise.
[[nodiscard]] Result<Caller> check_bearer(ngx_http_request_t* r);

// nginx access phase handler, for locations with "social_bearer on": the token, then the
// quota. It reads all that it knows from the request's request_state, so nginx may call it
// again for a request that had to wait. nginx does not call it for subrequests: a location
// that only auth_request or SSI leads to is not guarded by it.
ngx_int_t on_access(ngx_http_request_t* r) noexcept;

// For the phase behind the access phase: takes back what the guard noted of a request that it
// refused, and that another module admitted ("satisfy any").
void on_admitted(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
