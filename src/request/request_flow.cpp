#include "request/request_flow.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "loop/guard.hpp"
#include "request/request_object.hpp"
#include "request/respond.hpp"

namespace social::ngx {

RequestFlow::RequestFlow(ngx_http_request_t* r)
    : RequestTask(r, WaitsIn::content_handler), context_(r) {}

ngx_int_t RequestFlow::run(ngx_http_request_t* r, Handler endpoint) noexcept {
    const ngx_int_t rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }
    if (!main_settings(r).worker) {
        // After a reload with "master_process off", nginx does not call init_process again.
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }
    return loop::guard(r->connection->log, "request", NGX_HTTP_INTERNAL_SERVER_ERROR, [&] {
        PoolPointer<RequestFlow> flow = make_in_pool<RequestFlow>(r->pool, r);
        const ngx_int_t sent = flow->begin(endpoint);
        if (!flow->waits_) {
            return sent;
        }
        keep_for_request(r, std::move(flow)).suspend();
        return ngx_int_t{NGX_DONE};
    });
}

ngx_int_t RequestFlow::begin(Handler endpoint) noexcept {
    return outcome_of([this, endpoint] {
        HandlerResult begun = endpoint(context_);
        if (auto* answer = std::get_if<Answer>(&begun)) {
            return send_answer(std::move(*answer));
        }
        waits_ = !start(std::get<flow::Task<Answer>>(std::move(begun)));
        return outcome();
    });
}

ngx_int_t RequestFlow::on_value(Answer&& answer) {
    return send_answer(std::move(answer));
}

ngx_int_t RequestFlow::on_error(const Error& error) {
    return send_answer(context_.error_answer(error));
}

Error RequestFlow::late() const {
    return {Kind::provider_unavailable, "the login took too long", {}};
}

ngx_int_t RequestFlow::send_answer(Answer&& answer) {
    std::ranges::copy(context_.headers(), std::back_inserter(answer.headers));
    return send(request(), std::move(answer));
}

}  // namespace social::ngx
