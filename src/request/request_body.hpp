// The body of a request in memory, whatever the client_body_* directives say: it is taken
// off nginx as it arrives, so that no temporary file is ever written and a body over the
// limit is refused as soon as it is known to be one.
//
// One per request, in its pool. The text may hold a password: it is wiped when the request
// ends, and so are nginx's own buffers once they have been read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "ngx/ngx.hpp"
#include "request/handler_result.hpp"

namespace social::ngx {

class RequestBody {
public:
    // A content handler's code. Runs the endpoint once the body is there, or answers 413.
    struct Reading {
        std::size_t limit;  // bytes
        Handler endpoint;
    };
    [[nodiscard]] static ngx_int_t read(ngx_http_request_t* r, Reading reading) noexcept;

    // Empty for a request whose body was not read here. Valid until wipe() or the end of the
    // request.
    [[nodiscard]] static std::string_view of(ngx_http_request_t* r) noexcept;
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
    bool borrowed_;  // somebody had read it before, and may still need it
    std::string text_;
};

}  // namespace social::ngx
