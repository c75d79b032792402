// What an endpoint gives when it is called: its answer, or the coroutine that will have it.
//
// Most requests have nothing to wait for; what is refused must cost little, since anybody can
// send it. So an endpoint may do its first steps as a plain function. What it throws ends as
// what a coroutine throws does: see RequestFlow.
#pragma once

#include <variant>

#include "coro/task.hpp"
#include "request/answer.hpp"
#include "request/request_context.hpp"

namespace social::ngx {

using HandlerResult = std::variant<Answer, flow::Task<Answer>>;

// The context outlives the coroutine.
using Handler = HandlerResult (*)(RequestContext&);

// An endpoint that is a coroutine from its first step on.
template <flow::Task<Answer> (*flow)(RequestContext&)>
[[nodiscard]] HandlerResult async_handler(RequestContext& context) {
    return flow(context);
}

}  // namespace social::ngx
