// The handlers of the HTTP surface, one flow each: /auth, /callback, the landing
// page, the session API and the token API. A directive mounts one in a location.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "coro/task.hpp"
#include "ngx/ngx.hpp"
#include "request/answer.hpp"
#include "request/handler_result.hpp"
#include "request/request_context.hpp"

namespace social::ngx {

// nginx content handlers.
ngx_int_t on_auth(ngx_http_request_t* r) noexcept;
ngx_int_t on_callback(ngx_http_request_t* r) noexcept;
ngx_int_t on_landing(ngx_http_request_t* r) noexcept;
ngx_int_t on_session(ngx_http_request_t* r) noexcept;
ngx_int_t on_authenticate(ngx_http_request_t* r) noexcept;
ngx_int_t on_deauthorize(ngx_http_request_t* r) noexcept;
ngx_int_t on_data_deletion(ngx_http_request_t* r) noexcept;

ngx_int_t on_status(ngx_http_request_t* r) noexcept;

// The value of Allow; static storage.
[[nodiscard]] std::string_view allowed_methods(Endpoint endpoint) noexcept;

// The flows behind them.
HandlerResult auth(RequestContext& context);
flow::Task<Answer> callback(RequestContext& context);
flow::Task<Answer> landing(RequestContext& context);
HandlerResult session(RequestContext& context);
flow::Task<Answer> authenticate(RequestContext& context);
flow::Task<Answer> deauthorize(RequestContext& context);
flow::Task<Answer> data_deletion(RequestContext& context);
flow::Task<Answer> deletion_status(RequestContext& context);

// What a body of the token API is refused with before any of it is read.
inline constexpr std::size_t kMaxCredentials = 8192;  // bytes
[[nodiscard]] std::optional<Answer> refused_body(ngx_http_request_t* r);

}  // namespace social::ngx
