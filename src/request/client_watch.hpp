// Notices a client that closes its connection while its request is suspended, as nginx's
// upstream module does while it waits for an upstream.
//
// The rest of a request body that nginx discards meanwhile is still read: nginx's own handler
// for that stops to look at the connection once the body is complete.
#pragma once

#include "ngx/ngx.hpp"

namespace social::ngx {

// Finalizes `r` with 499 once its client has left. Does nothing in post_action, which has no
// client any more.
void watch_client(ngx_http_request_t* r) noexcept;

// Gives the connection back to nginx. Does nothing for a request that is not watched.
void unwatch_client(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
