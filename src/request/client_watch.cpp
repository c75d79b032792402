#include "request/client_watch.hpp"

namespace social::ngx {

namespace {

// If discarding the body fails, nginx's handler finalizes the request and `discard_body` stays set.
// The request's memory stays valid until the posted requests have run.
void on_readable(ngx_http_request_t* r) noexcept {
    if (r == r->main && r->discard_body != 0) {
        ngx_http_discarded_request_body_handler(r);
        if (r->discard_body != 0) {
            return;
        }
        r->read_event_handler = &on_readable;
    }
    if (r->connection->error != 0) {
        ngx_http_finalize_request(r, NGX_HTTP_CLIENT_CLOSED_REQUEST);
        return;
    }
    ngx_http_test_reading(r);
}

// Read events reach a subrequest only while it is the connection's active request.
bool is_idle(const ngx_http_request_t* r) noexcept {
    if (r != r->main) {
        return r->read_event_handler == ngx_http_request_empty_handler ||
               r->read_event_handler == ngx_http_block_reading;
    }
    return r->read_event_handler == ngx_http_block_reading ||
           r->read_event_handler == ngx_http_discarded_request_body_handler;
}

}  // namespace

void watch_client(ngx_http_request_t* r) noexcept {
    if (r->post_action != 0 || !is_idle(r)) {
        return;
    }
    r->read_event_handler = &on_readable;
    ngx_event_t& read = *r->connection->read;
    // The deadline of the suspended request replaces lingering_timeout.
    if (r == r->main && r->discard_body != 0) {
        r->lingering_time = 0;
        delete_timer(read);
    }
    // Edge-triggered events: the close of a client that has left is reported only once. Post the
    // event to check now.
    if (read.ready != 0) {
        post_event(read);
    }
}

void unwatch_client(ngx_http_request_t* r) noexcept {
    if (r->read_event_handler != &on_readable) {
        return;
    }
    if (r != r->main) {
        r->read_event_handler = ngx_http_request_empty_handler;
    } else {
        r->read_event_handler =
            r->discard_body != 0 ? ngx_http_discarded_request_body_handler : ngx_http_block_reading;
    }
}

}  // namespace social::ngx
