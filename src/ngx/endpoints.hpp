// The handlers of the HTTP surface, one flow each: /auth, /callback, the landing
// page and the session API. A directive mounts one in a location.
#pragma once

#include "flow/task.hpp"
#include "ngx/answer.hpp"
#include "ngx/exchange.hpp"
#include "ngx/ngx.hpp"

namespace social::ngx {

// nginx content handlers.
ngx_int_t on_auth(ngx_http_request_t* r) noexcept;
ngx_int_t on_callback(ngx_http_request_t* r) noexcept;
ngx_int_t on_landing(ngx_http_request_t* r) noexcept;
ngx_int_t on_session(ngx_http_request_t* r) noexcept;

// The flows behind them.
flow::Task<Answer> auth(Exchange& exchange);
flow::Task<Answer> callback(Exchange& exchange);
flow::Task<Answer> landing(Exchange& exchange);
flow::Task<Answer> session(Exchange& exchange);

}  // namespace social::ngx
