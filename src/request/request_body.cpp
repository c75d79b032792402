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

// With request_body_no_buffering nginx hands over every piece that arrives instead of
// collecting them in its buffer and a file behind it. Its reference on the request is given
// back by the one ngx_http_finalize_request() in on_readable().
ngx_int_t RequestBody::read(ngx_http_request_t* r, Reading reading) noexcept {
    const bool made = loop::guard(r->connection->log, "request body", false, [r, &reading] {
        create_for_request<RequestBody>(r, r, reading);
        return true;
    });
    if (!made) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    r->request_body_no_buffering = 1;
    // A body that is complete by now is buffered all the same: client_body_in_file_only would
    // write the password into a file.
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

// Buffers whose `pos` has reached `last` are nginx's again. A subrequest of a request without a
// body has none, and neither has a request whose body another module discarded.
void RequestBody::take_what_came() {
    ngx_http_request_body_t* body = r_->request_body;
    if (body == nullptr) {
        return;
    }
    // Never grown, since that would leave unwiped copies behind. One piece can be as large as
    // nginx's buffer, so that the limit is looked at in front of every append.
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

// What is left of the body is read and dropped behind the answer, for a while
// (lingering_close), or the client would see a reset in place of the answer.
ngx_int_t RequestBody::send_too_large() {
    base::wipe(text_);
    r_->read_event_handler = ngx_http_block_reading;
    r_->keepalive = 0;
    return send(r_, body_too_large());
}

}  // namespace social::ngx
