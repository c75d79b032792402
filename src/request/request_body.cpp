#include "request/request_body.hpp"

#include <openssl/crypto.h>

#include "base/secret.hpp"
#include "loop/guard.hpp"
#include "request/body_text.hpp"
#include "request/request_flow.hpp"
#include "request/request_object.hpp"
#include "request/respond.hpp"
#include "request/token_answers.hpp"

namespace social::ngx {

RequestBody::RequestBody(ngx_http_request_t* r, Reading reading) noexcept
    : r_(r), reading_(reading), borrowed_(r->request_body != nullptr && r->reading_body == 0) {}

RequestBody::~RequestBody() {
    base::wipe(text_);
}

// With request_body_no_buffering, nginx passes on each piece as it arrives and writes no temporary
// file. nginx takes a reference on the request. The ngx_http_finalize_request() in on_readable()
// releases it.
ngx_int_t RequestBody::read(ngx_http_request_t* r, Reading reading) noexcept {
    const bool made = loop::guard(r->connection->log, "request body", false, [r, &reading] {
        create_for_request<RequestBody>(r, r, reading);
        return true;
    });
    if (!made) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    r->request_body_no_buffering = 1;
    // nginx still buffers a body that is complete by now. client_body_in_file_only would write the
    // password to a file.
    r->request_body_in_file_only = 0;
    r->request_body_in_persistent_file = 0;
    r->request_body_in_clean_file = 0;
    const ngx_int_t rc = ngx_http_read_client_request_body(r, &RequestBody::on_readable);
    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}

std::string_view RequestBody::of(ngx_http_request_t* r) noexcept {
    const auto* self = find_for_request<RequestBody>(r);
    return self != nullptr ? std::string_view(self->text_) : std::string_view();
}

void RequestBody::wipe(ngx_http_request_t* r) noexcept {
    if (auto* self = find_for_request<RequestBody>(r)) {
        base::wipe(self->text_);
    }
}

void RequestBody::on_readable(ngx_http_request_t* r) noexcept {
    const ngx_int_t rc =
        loop::guard(r->connection->log, "request body", NGX_HTTP_INTERNAL_SERVER_ERROR,
                    [r] { return find_for_request<RequestBody>(r)->advance(); });
    if (rc != NGX_AGAIN) {
        ngx_http_finalize_request(r, rc);
    }
}

ngx_int_t RequestBody::advance() {
    while (true) {
        take_what_came();
        if (text_.size() > reading_.limit) {
            return send_too_large();
        }
        if (r_->reading_body == 0) {
            r_->read_event_handler = ngx_http_block_reading;
            return RequestFlow::run(r_, reading_.endpoint);
        }
        r_->read_event_handler = &RequestBody::on_readable;
        const ngx_int_t rc = ngx_http_read_unbuffered_request_body(r_);
        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            return rc;
        }
        if (r_->request_body->bufs == nullptr && r_->reading_body != 0) {
            return NGX_AGAIN;
        }
    }
}

// Buffers whose `pos` has reached `last` return to nginx. A subrequest of a request without a body
// has no request_body. Neither has a request whose body another module discarded.
void RequestBody::take_what_came() {
    ngx_http_request_body_t* body = r_->request_body;
    if (body == nullptr) {
        return;
    }
    // Reserved once: reallocation would leave copies that are not wiped. One piece may be as large
    // as nginx's buffer, so each append checks the limit first.
    text_.reserve(reading_.limit + 1);
    for (ngx_chain_t* link = body->bufs; link != nullptr; link = link->next) {
        ngx_buf_t& piece = *link->buf;
        append_piece(text_, piece, reading_.limit + 1 - text_.size());
        if (!borrowed_ && ngx_buf_in_memory(&piece)) {
            OPENSSL_cleanse(piece.pos, static_cast<std::size_t>(piece.last - piece.pos));
            piece.pos = piece.last;
        }
    }
    if (!borrowed_) {
        body->bufs = nullptr;
    }
}

// Lingering close reads and drops the rest of the body after the response. Otherwise the client
// would see a reset in place of the response.
ngx_int_t RequestBody::send_too_large() {
    base::wipe(text_);
    r_->read_event_handler = ngx_http_block_reading;
    r_->keepalive = 0;
    return send(r_, body_too_large());
}

}  // namespace social::ngx
