#include "ngx/request_flow.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <new>
#include <utility>

#include "flow/result_task.hpp"
#include "loop/guard.hpp"
#include "ngx/client_watch.hpp"
#include "ngx/presentation.hpp"
#include "ngx/respond.hpp"

namespace social::ngx {

namespace {

// Longer than any chain of provider calls with their own time-outs should take.
constexpr std::chrono::seconds kDeadline{60};

// Its memory is the pool's.
struct EndOfFlow {
    void operator()(RequestFlow* flow) const noexcept { std::destroy_at(flow); }
};

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
        void* memory = ngx_palloc(r->pool, sizeof(RequestFlow));
        if (memory == nullptr) {
            throw std::bad_alloc();
        }
        std::unique_ptr<RequestFlow, EndOfFlow> flow(new (memory) RequestFlow(r));
        const ngx_int_t sent = flow->begin(endpoint);
        if (flow->parked_) {
            static_cast<void>(flow.release());  // to the request's cleanups
        }
        return sent;
    });
}

ngx_int_t RequestFlow::begin(EndpointFlow endpoint) {
    Begun begun = outcome([&] { return endpoint(exchange_); });
    if (auto* answer = std::get_if<Answer>(&begun)) {
        return send_answer(std::move(*answer));
    }
    task_ = std::get<flow::Task<Answer>>(std::move(begun));
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
    ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(r, 0);
    if (cleanup == nullptr) {
        throw std::bad_alloc();
    }
    exchange_.worker().enter(*this);
    cleanup->handler = &RequestFlow::on_request_end;
    cleanup->data = this;
    parked_.emplace(*this);
    r->main->count++;
    r->write_event_handler = ngx_http_request_empty_handler;
    parked_->deadline.arm(kDeadline);
    // For a body that is still being discarded, nginx replaces the handler of read events when
    // the content handler returns.
    parked_->watching.post();
}

void RequestFlow::watch() noexcept {
    watch_client(exchange_.request());
}

// Behind a client that left, post_action has started the phases anew; the reference of this
// flow went with the request that it answered.
bool RequestFlow::is_superseded() const noexcept {
    return exchange_.request()->uri_changes != parked_->uri_changes;
}

void RequestFlow::drop() noexcept {
    task_.reset();
    parked_->deadline.cancel();
    parked_->watching.cancel();
}

void RequestFlow::resume(std::coroutine_handle<> waiting) noexcept {
    ngx_http_request_t* r = exchange_.request();
    ngx_connection_t* connection = r->connection;
    ngx_http_set_log_request(connection->log, r);
    waiting.resume();
    if (is_superseded()) {
        drop();
    } else if (task_.done()) {
        complete(send_outcome());
    }
    ngx_http_run_posted_requests(connection);  // this and r may be gone
}

// Frames end before the request may: they refer to it.
void RequestFlow::complete(ngx_int_t rc) noexcept {
    drop();
    unwatch_client(exchange_.request());
    ngx_http_finalize_request(exchange_.request(), rc);
}

// What `work` gives, or the answer to what it throws.
template <class Work>
std::invoke_result_t<Work> RequestFlow::outcome(Work work) {
    Error error;
    try {
        return work();
    } catch (const flow::Failure& failure) {
        error = failure.error();
    } catch (const std::bad_alloc&) {
        error.what = "out of memory";
    } catch (const std::exception&) {
        error.what = "unexpected exception";
    }
    return exchange_.error_answer(error);
}

ngx_int_t RequestFlow::send_outcome() noexcept {
    return loop::guard(exchange_.request()->connection->log, "answer",
                       NGX_HTTP_INTERNAL_SERVER_ERROR,
                       [this] { return send_answer(outcome([this] { return task_.take(); })); });
}

ngx_int_t RequestFlow::send_error(const Error& error) noexcept {
    return loop::guard(exchange_.request()->connection->log, "error answer",
                       NGX_HTTP_INTERNAL_SERVER_ERROR,
                       [this, &error] { return send_answer(exchange_.error_answer(error)); });
}

ngx_int_t RequestFlow::send_answer(Answer&& answer) {
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
    if (is_superseded()) {
        drop();
        return;
    }
    const Error late{Kind::provider_unavailable, "the login took too long", {}};
    complete(send_error(late));
    ngx_http_run_posted_requests(connection);
}

}  // namespace social::ngx
