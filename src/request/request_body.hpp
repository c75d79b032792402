// Reads a request body into memory, regardless of the client_body_* directives. It takes each piece
// from nginx as it arrives. No temporary file is written, and a body over the limit is refused at
// once.
//
// One object per request, in its pool. The body may hold a password. The text is wiped at the end
// of the request, and nginx's buffers as soon as they have been read. Buffers of a body that
// another module has read stay as they are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "ngx/ngx.hpp"
#include "request/handler_result.hpp"

namespace social::ngx {

class RequestBody {
public:
    struct Reading {
        std::size_t limit;  // bytes
        Handler endpoint;
    };
    // Runs the endpoint once the body is complete; sends 413 if it exceeds the limit. Returns a
    // content handler's code.
    [[nodiscard]] static ngx_int_t read(ngx_http_request_t* r, Reading reading) noexcept;

    // The body; empty if read() did not run for this request. Valid until wipe() or the end of the
    // request.
    [[nodiscard]] static std::string_view of(ngx_http_request_t* r) noexcept;
    // Overwrites the body before the end of the request.
    static void wipe(ngx_http_request_t* r) noexcept;

    RequestBody(ngx_http_request_t* r, Reading reading) noexcept;
    RequestBody(const RequestBody&) = delete;
    RequestBody& operator=(const RequestBody&) = delete;
    ~RequestBody();

    [[nodiscard]] ngx_http_request_t* request() const noexcept { return r_; }

private:
    [[nodiscard]] ngx_int_t advance();
    void take_what_came();
    [[nodiscard]] ngx_int_t send_too_large();
    static void on_readable(ngx_http_request_t* r) noexcept;

    ngx_http_request_t* r_;
    Reading reading_;
    bool borrowed_;  // another module has read the body and may still use it
    std::string text_;
};

}  // namespace social::ngx
