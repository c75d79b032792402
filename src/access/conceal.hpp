// Keeps a credential out of the access log. nginx caches the variables of a request. log_format may
// name any variable or header that holds the credential.
#pragma once

#include "base/secret.hpp"
#include "ngx/ngx.hpp"

namespace social::ngx {

// Empties each variable and header field of the request that contains `credential` or its secret
// part. Also empties those of at least 8 bytes that are a substring of `credential`. `credential`
// is an Authorization value.
void conceal(ngx_http_request_t* r, const base::Secret& credential) noexcept;

// Invalidates those variables, so that nginx evaluates them again.
void forget(ngx_http_request_t* r, const base::Secret& credential) noexcept;

// Copies the variables of a subrequest, which otherwise shares those of its main request. Throws
// std::bad_alloc.
void copy_variables(ngx_http_request_t* subrequest);

}  // namespace social::ngx
