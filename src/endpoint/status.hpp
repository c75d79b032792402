// social_status: counts the requests of all workers by result, in nginx's log phase, and reports
// metrics.
#pragma once

#include "coro/task.hpp"
#include "ngx/ngx.hpp"
#include "request/answer.hpp"
#include "request/request_context.hpp"
#include "settings/settings.hpp"

namespace social::ngx {

// nginx log phase handler. Returns NGX_OK.
ngx_int_t on_log(ngx_http_request_t* r) noexcept;

// The flow of the content handler. `context` outlives it.
flow::Task<Answer> status(RequestContext& context);

// Creates the counters for a configuration with a status location. Returns false if nginx refused,
// which has logged the reason. Throws std::bad_alloc.
[[nodiscard]] bool open_counts(ngx_conf_t* cf, MainSettings& settings);

}  // namespace social::ngx
