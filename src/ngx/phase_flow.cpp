#include "ngx/phase_flow.hpp"

#include <chrono>

#include "ngx/client_watch.hpp"
#include "ngx/settings.hpp"
#include "ngx/worker.hpp"

namespace social::ngx {

namespace {

// Longer than a refresh with its own time-outs and another try should take.
constexpr std::chrono::seconds kDeadline{60};

}  // namespace

PhaseFlow::~PhaseFlow() {
    leave();
}

// A request that waits in a phase counts no reference. The deadline keeps a worker that
// exits gracefully until it is through.
void PhaseFlow::park() {
    main_settings(r_).worker->enter(*this);
    watch_client(r_);
    r_->write_event_handler = ngx_http_request_empty_handler;
    deadline_.arm(kDeadline);
}

void PhaseFlow::leave() noexcept {
    deadline_.cancel();
    Worker::leave(*this);
}

void PhaseFlow::resume(std::coroutine_handle<> waiting) noexcept {
    ngx_connection_t* connection = r_->connection;
    ngx_http_set_log_request(connection->log, r_);
    waiting.resume();
    if (is_superseded()) {
        cancel();
        leave();
    } else if (settle()) {
        go_on();
    }
    ngx_http_run_posted_requests(connection);  // this and the request may be gone
}

void PhaseFlow::go_on() noexcept {
    unwatch_client(r_);
    r_->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r_);
}

void PhaseFlow::on_deadline() noexcept {
    ngx_connection_t* connection = r_->connection;
    ngx_http_set_log_request(connection->log, r_);
    if (is_superseded()) {
        cancel();
        leave();
        return;
    }
    give_up();
    leave();
    go_on();
    ngx_http_run_posted_requests(connection);
}

}  // namespace social::ngx
