// The result of a handler: a ready answer, or a coroutine that produces it.
//
// Most requests need not suspend. Refusals must be cheap, since unauthenticated clients can trigger
// them. A handler may therefore run its first steps as a plain function. RequestFlow handles
// exceptions of the function and of the coroutine alike.
#pragma once

#include <variant>

#include "coro/task.hpp"
#include "request/answer.hpp"
#include "request/request_context.hpp"

namespace social::ngx {

using HandlerResult = std::variant<Answer, flow::Task<Answer>>;

// The context outlives the coroutine. May throw; see RequestFlow.
using Handler = HandlerResult (*)(RequestContext&);

// Adapts an endpoint that is a coroutine from its first step.
template <flow::Task<Answer> (*flow)(RequestContext&)>
[[nodiscard]] HandlerResult async_handler(RequestContext& context) {
    return flow(context);
}

}  // namespace social::ngx
