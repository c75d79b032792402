#include "ngx/phase_flow.hpp"

#include <chrono>

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
    if (r_->read_event_handler == ngx_http_block_reading) {
        r_->read_event_handler = ngx_http_test_reading;
    }
    r_->write_event_handler = ngx_http_request_empty_handler;
    deadline_.arm(kDeadline);
    // A client that has left already spent its edge: look once.
    if (r_->connection->read->ready != 0) {
        post_event(*r_->connection->read);
    }
}

void PhaseFlow::leave() noexcept {
    deadline_.cancel();
    Worker::leave(*this);
}

void PhaseFlow::resume(std::coroutine_handle<> waiting) noexcept {
    ngx_connection_t* connection = r_->connection;
    ngx_http_set_log_request(connection->log, r_);
    waiting.resume();
    if (settle()) {
        go_on();
    }
    ngx_http_run_posted_requests(connection);  // this and the request may be gone
}

void PhaseFlow::go_on() noexcept {
    if (r_->read_event_handler == ngx_http_test_reading) {
        r_->read_event_handler = ngx_http_block_reading;
    }
    r_->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r_);
}

void PhaseFlow::on_deadline() noexcept {
    ngx_connection_t* connection = r_->connection;
    ngx_http_set_log_request(connection->log, r_);
    give_up();
    leave();
    go_on();
    ngx_http_run_posted_requests(connection);
}

}  // namespace social::ngx
