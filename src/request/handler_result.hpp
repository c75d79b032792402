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

using Begun = std::variant<Answer, flow::Task<Answer>>;

// The exchange outlives the coroutine.
using EndpointFlow = Begun (*)(Exchange&);

// An endpoint that is a coroutine from its first step on.
template <flow::Task<Answer> (*flow)(Exchange&)>
[[nodiscard]] Begun as_coroutine(Exchange& exchange) {
    return flow(exchange);
}

}  // namespace social::ngx
