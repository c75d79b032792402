#include "ngx/request_flow.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <new>

#include "flow/failure.hpp"
#include "loop/guard.hpp"
#include "ngx/presentation.hpp"
#include "ngx/respond.hpp"

namespace social::ngx {

namespace {

// Longer than any chain of provider calls with their own time-outs should take.
constexpr std::chrono::seconds kDeadline{60};

}  // namespace

RequestFlow::RequestFlow(ngx_http_request_t* r) : exchange_(r) {}

RequestFlow::~RequestFlow() {
    if (parked_) {
        Worker::leave(*this);
    }
}

ngx_int_t RequestFlow::run(ngx_http_request_t* r, EndpointFlow endpoint) noexcept {
    const ngx_int_t rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }
    if (!main_settings(r).worker) {
        // After a reload with "master_process off": nginx starts no worker again.
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }
    return loop::guard(r->connection->log, "request", NGX_HTTP_INTERNAL_SERVER_ERROR, [&] {
        ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(r, 0);
        void* memory = ngx_palloc(r->pool, sizeof(RequestFlow));
        if (cleanup == nullptr || memory == nullptr) {
            throw std::bad_alloc();
        }
        auto* flow = new (memory) RequestFlow(r);
        cleanup->handler = &RequestFlow::on_request_end;
        cleanup->data = flow;
        return flow->begin(endpoint);
    });
}

ngx_int_t RequestFlow::begin(EndpointFlow endpoint) {
    task_ = endpoint(exchange_);
    task_.start(*this);
    if (task_.done()) {
        return send_outcome();
    }
    park();
    return NGX_DONE;
}

// The same steps as ngx_http_upstream takes while it waits for an upstream.
void RequestFlow::park() {
    ngx_http_request_t* r = exchange_.request();
    exchange_.worker().enter(*this);
    parked_ = true;
    r->main->count++;
    if (r->read_event_handler == ngx_http_block_reading) {
        r->read_event_handler = ngx_http_test_reading;
    }
    r->write_event_handler = ngx_http_request_empty_handler;
    deadline_.arm(kDeadline);
    // A client that has left already spent its edge: look once.
    if (r->connection->read->ready != 0) {
        post_event(*r->connection->read);
    }
}

void RequestFlow::resume(std::coroutine_handle<> waiting) noexcept {
    ngx_http_request_t* r = exchange_.request();
    ngx_connection_t* connection = r->connection;
    ngx_http_set_log_request(connection->log, r);
    waiting.resume();
    if (task_.done()) {
        complete(send_outcome());
    }
    ngx_http_run_posted_requests(connection);  // this and r may be gone
}

// Frames end before the request may: they refer to it.
void RequestFlow::complete(ngx_int_t rc) noexcept {
    task_.reset();
    deadline_.cancel();
    ngx_http_finalize_request(exchange_.request(), rc);
}

ngx_int_t RequestFlow::send_outcome() noexcept {
    Error error;
    try {
        return send_answer(task_.take());
    } catch (const flow::Failure& failure) {
        error = failure.error();
    } catch (const std::bad_alloc&) {
        error.what = "out of memory";
    } catch (const std::exception&) {
        error.what = "unexpected exception";
    }
    return send_error(error);
}

ngx_int_t RequestFlow::send_error(const Error& error) noexcept {
    return loop::guard(exchange_.request()->connection->log, "error answer",
                       NGX_HTTP_INTERNAL_SERVER_ERROR,
                       [this, &error] { return send_answer(exchange_.refuse(error)); });
}

ngx_int_t RequestFlow::send_answer(Answer answer) {
    std::ranges::copy(exchange_.headers(), std::back_inserter(answer.headers));
    return send(exchange_.request(), std::move(answer));
}

void RequestFlow::on_request_end(void* flow) noexcept {
    static_cast<RequestFlow*>(flow)->~RequestFlow();
}

void RequestFlow::on_deadline() noexcept {
    ngx_http_request_t* r = exchange_.request();
    ngx_connection_t* connection = r->connection;
    ngx_http_set_log_request(connection->log, r);
    const Error late{Kind::provider_unavailable, "the login took too long", {}};
    complete(send_error(late));
    ngx_http_run_posted_requests(connection);
}

}  // namespace social::ngx
