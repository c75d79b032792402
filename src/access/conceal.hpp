// Keeps a credential out of the access log, whatever variable of the configuration has got hold
// of it: nginx logs what it has evaluated for a request before.
#pragma once

#include "base/secret.hpp"
#include "ngx/ngx.hpp"

namespace social::ngx {

// Empties the variables and header fields of the request that hold `credential`, or a part of it
// that is long enough to matter. `credential` is an Authorization value.
void conceal(ngx_http_request_t* r, const base::Secret& credential) noexcept;

// Has nginx evaluate those variables anew.
void forget(ngx_http_request_t* r, const base::Secret& credential) noexcept;

// Gives a subrequest variables of its own: by default it shares those of its main request.
// Throws std::bad_alloc.
void copy_variables(ngx_http_request_t* subrequest);

}  // namespace social::ngx
