// social_status: what became of the requests of all workers. Requests are counted in nginx's
// log phase, when that is known.
#pragma once

#include "coro/task.hpp"
#include "ngx/ngx.hpp"
#include "request/answer.hpp"
#include "request/request_context.hpp"
#include "settings/settings.hpp"

namespace social::ngx {

// Handler of the log phase.
ngx_int_t on_log(ngx_http_request_t* r) noexcept;

// The flow behind the location.
flow::Task<Answer> status(RequestContext& context);

// Of a configuration that has such a location. False when nginx refused, and said why.
[[nodiscard]] bool open_counts(ngx_conf_t* cf, MainSettings& settings);

}  // namespace social::ngx
