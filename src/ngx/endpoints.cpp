#include "ngx/endpoints.hpp"

#include "ngx/presentation.hpp"
#include "ngx/request_flow.hpp"
#include "ngx/request_line.hpp"
#include "ngx/respond.hpp"

namespace social::ngx {

namespace {

struct Methods {
    ngx_uint_t mask;
    std::string_view allow;
};

constexpr Methods kGet{NGX_HTTP_GET, "GET"};
constexpr Methods kGetHead{NGX_HTTP_GET | NGX_HTTP_HEAD, "GET, HEAD"};
constexpr Methods kSession{NGX_HTTP_GET | NGX_HTTP_HEAD | NGX_HTTP_DELETE, "GET, HEAD, DELETE"};

ngx_int_t run(ngx_http_request_t* r, const Methods& methods, EndpointFlow endpoint) noexcept {
    mask_request_line(r);
    if ((r->method & methods.mask) != 0) {
        return RequestFlow::run(r, endpoint);
    }
    const ngx_int_t rc = ngx_http_discard_request_body(r);
    return rc != NGX_OK ? rc : send(r, method_not_allowed(methods.allow));
}

}  // namespace

ngx_int_t on_auth(ngx_http_request_t* r) noexcept {
    return run(r, kGet, &auth);
}

ngx_int_t on_callback(ngx_http_request_t* r) noexcept {
    return run(r, kGet, &callback);
}

ngx_int_t on_landing(ngx_http_request_t* r) noexcept {
    return run(r, kGetHead, &landing);
}

ngx_int_t on_session(ngx_http_request_t* r) noexcept {
    return run(r, kSession, &session);
}

}  // namespace social::ngx
