#include "request/request_task.hpp"

#include <chrono>

#include "request/client_watch.hpp"
#include "settings/settings.hpp"
#include "worker/worker.hpp"

namespace social::ngx {

namespace {

// Longer than any chain of provider calls with their own timeouts.
constexpr std::chrono::seconds kDeadline{60};

}  // namespace

// As ngx_http_upstream does while it waits for an upstream.
void RequestDriver::suspend() noexcept {
    main_settings(r_).worker->enter(*this);
    if (place_ == WaitsIn::content_handler) {
        r_->main->count++;
    }
    r_->write_event_handler = ngx_http_request_empty_handler;
    waiting_.emplace(*this);
    waiting_->deadline.arm(kDeadline);
    // While nginx discards a body, it replaces the read event handler after the content handler
    // returns. So the watch begins in a posted event.
    waiting_->watching.post();
}

void RequestDriver::watch() noexcept {
    if (!is_superseded()) {
        watch_client(r_);
    }
}

// Cancels the deadline and the watch, and leaves the worker's list.
void RequestDriver::detach() noexcept {
    if (waiting_) {
        waiting_.reset();
        Worker::leave(*this);
    }
}

void RequestDriver::resume(std::coroutine_handle<> waiting) noexcept {
    ngx_http_set_log_request(r_->connection->log, r_);
    waiting.resume();
    end_step(!is_superseded() && take_outcome());
}

void RequestDriver::on_deadline() noexcept {
    ngx_http_set_log_request(r_->connection->log, r_);
    if (!is_superseded()) {
        cancel();
        outcome_ = loop::guard(r_->connection->log, "request", NGX_HTTP_INTERNAL_SERVER_ERROR,
                               [this] { return on_error(late()); });
    }
    end_step(true);
}

void RequestDriver::end_step(bool done) noexcept {
    ngx_connection_t* connection = r_->connection;
    if (is_superseded()) {
        cancel();
        detach();
    } else if (done) {
        go_on();
    }
    ngx_http_run_posted_requests(connection);  // this and the request may be gone
}

void RequestDriver::go_on() noexcept {
    detach();
    unwatch_client(r_);
    if (place_ == WaitsIn::content_handler) {
        ngx_http_finalize_request(r_, outcome_);
        return;
    }
    r_->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r_);
}

}  // namespace social::ngx
