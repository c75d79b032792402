// The bearer check of a request (RFC 6750), for the session API and the access phase of guarded
// locations.
#pragma once

#include "base/error.hpp"
#include "ngx/ngx.hpp"
#include "site/site.hpp"

namespace social::ngx {

// The authenticated caller. `site` is the site of its token, and lives as long as the
// configuration.
struct Caller {
    const site::Site* site;  // never nullptr
};

// Authenticates the caller: the token must verify and name a configured site. Stores site and user
// in RequestState. Fails with Kind::unauthenticated. Throws std::bad_alloc.
[[nodiscard]] Result<Caller> check_bearer(ngx_http_request_t* r);

// nginx access phase handler for locations with "social_bearer on". Checks the token, then the
// quota. nginx may call it again after a suspension: RequestState has the quota's verdict. nginx
// skips the access phase of subrequests. So a location that only auth_request or SSI reaches is not
// guarded.
ngx_int_t on_access(ngx_http_request_t* r) noexcept;

// Called in the precontent phase. If another module admitted a request that the guard refused
// ("satisfy any"), restores the state before that refusal.
void on_admitted(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
