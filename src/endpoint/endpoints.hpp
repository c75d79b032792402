// The content handlers and the flows of all endpoints. A directive mounts one endpoint in a
// location.
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

// nginx content handlers. Each returns a content handler's code.
ngx_int_t on_auth(ngx_http_request_t* r) noexcept;
ngx_int_t on_callback(ngx_http_request_t* r) noexcept;
ngx_int_t on_landing(ngx_http_request_t* r) noexcept;
ngx_int_t on_session(ngx_http_request_t* r) noexcept;
ngx_int_t on_authenticate(ngx_http_request_t* r) noexcept;
ngx_int_t on_deauthorize(ngx_http_request_t* r) noexcept;
ngx_int_t on_data_deletion(ngx_http_request_t* r) noexcept;

ngx_int_t on_status(ngx_http_request_t* r) noexcept;

// Value of Allow (RFC 9110 §10.2.1); empty for Endpoint::none. Static storage.
[[nodiscard]] std::string_view allowed_methods(Endpoint endpoint) noexcept;

// The flows of the content handlers. `context` outlives the coroutine. Each throws Failure, which
// RequestFlow converts to an error response.
HandlerResult auth(RequestContext& context);
flow::Task<Answer> callback(RequestContext& context);
flow::Task<Answer> landing(RequestContext& context);
HandlerResult session(RequestContext& context);
flow::Task<Answer> authenticate(RequestContext& context);
flow::Task<Answer> deauthorize(RequestContext& context);
flow::Task<Answer> data_deletion(RequestContext& context);
flow::Task<Answer> deletion_status(RequestContext& context);

// Largest request body of a POST endpoint.
inline constexpr std::size_t kMaxCredentials = 8192;  // bytes
// The 415 or 413 for a POST, from its headers alone; nullopt if its body is acceptable so far.
[[nodiscard]] std::optional<Answer> refused_body(ngx_http_request_t* r);

}  // namespace social::ngx
