// Detects a client that closes its connection while its request is suspended. nginx's upstream
// module does the same while it waits for an upstream.
//
// A request body that nginx discards is still read meanwhile. nginx's own discard handler stops
// watching the connection once the body is complete.
#pragma once

#include "ngx/ngx.hpp"

namespace social::ngx {

// Finalizes `r` with 499 once the client has closed the connection. Does nothing in post_action,
// where the client has its response.
void watch_client(ngx_http_request_t* r) noexcept;

// Restores nginx's read event handler. Does nothing for a request that is not watched.
void unwatch_client(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
