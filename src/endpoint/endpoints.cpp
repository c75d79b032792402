#include "endpoint/endpoints.hpp"

#include <utility>

#include "endpoint/status.hpp"
#include "loop/guard.hpp"
#include "request/error_response.hpp"
#include "request/request_body.hpp"
#include "request/request_flow.hpp"
#include "request/request_line.hpp"
#include "request/respond.hpp"

namespace social::ngx {

namespace {

struct Methods {
    ngx_uint_t mask;
    std::string_view allow;
};

constexpr Methods kGet{NGX_HTTP_GET, "GET"};
constexpr Methods kGetHead{NGX_HTTP_GET | NGX_HTTP_HEAD, "GET, HEAD"};
constexpr Methods kPost{NGX_HTTP_POST, "POST"};
constexpr Methods kDeletion{NGX_HTTP_GET | NGX_HTTP_HEAD | NGX_HTTP_POST, "GET, HEAD, POST"};
constexpr Methods kSession{NGX_HTTP_GET | NGX_HTTP_HEAD | NGX_HTTP_DELETE, "GET, HEAD, DELETE"};

// For a response that does not depend on the body. nginx discards the body and sends no 100
// Continue (RFC 9110 §10.1.1).
ngx_int_t send_before_body(ngx_http_request_t* r, Answer answer) noexcept {
    r->expect_tested = 1;
    const ngx_int_t rc = ngx_http_discard_request_body(r);
    return rc != NGX_OK ? rc : send(r, std::move(answer));
}

ngx_int_t run(ngx_http_request_t* r, const Methods& methods, Handler endpoint) noexcept {
    redact_request_line(r);
    // The envelope filter adds Allow, and the error envelope for API clients.
    return (r->method & methods.mask) != 0 ? RequestFlow::run(r, endpoint) : NGX_HTTP_NOT_ALLOWED;
}

// For POST: reads the body before it runs the endpoint.
ngx_int_t run_with_body(ngx_http_request_t* r, Handler endpoint) noexcept {
    redact_request_line(r);
    return loop::guard(
        r->connection->log, "request", NGX_HTTP_INTERNAL_SERVER_ERROR, [r, endpoint] {
            if ((r->method & kPost.mask) == 0) {
                const std::string_view allowed = allowed_methods(location_settings(r).endpoint);
                return send_before_body(r, method_not_allowed(allowed));
            }
            if (std::optional<Answer> refusal = refused_body(r)) {
                return send_before_body(r, std::move(*refusal));
            }
            return RequestBody::read(r, {.limit = kMaxCredentials, .endpoint = endpoint});
        });
}

}  // namespace

std::string_view allowed_methods(Endpoint endpoint) noexcept {
    switch (endpoint) {
        case Endpoint::auth:
        case Endpoint::callback:
            return kGet.allow;
        case Endpoint::landing:
        case Endpoint::status:
            return kGetHead.allow;
        case Endpoint::session:
            return kSession.allow;
        case Endpoint::authenticate:
        case Endpoint::deauthorize:
            return kPost.allow;
        case Endpoint::data_deletion:
            return kDeletion.allow;
        case Endpoint::none:
            break;
    }
    return {};
}

ngx_int_t on_auth(ngx_http_request_t* r) noexcept {
    return run(r, kGet, &auth);
}

ngx_int_t on_callback(ngx_http_request_t* r) noexcept {
    return run(r, kGet, &async_handler<&callback>);
}

ngx_int_t on_landing(ngx_http_request_t* r) noexcept {
    return run(r, kGetHead, &async_handler<&landing>);
}

ngx_int_t on_status(ngx_http_request_t* r) noexcept {
    return run(r, kGetHead, &async_handler<&status>);
}

ngx_int_t on_session(ngx_http_request_t* r) noexcept {
    return run(r, kSession, &session);
}

ngx_int_t on_authenticate(ngx_http_request_t* r) noexcept {
    return run_with_body(r, &async_handler<&authenticate>);
}

ngx_int_t on_deauthorize(ngx_http_request_t* r) noexcept {
    return run_with_body(r, &async_handler<&deauthorize>);
}

ngx_int_t on_data_deletion(ngx_http_request_t* r) noexcept {
    return (r->method & kGetHead.mask) != 0 ? run(r, kGetHead, &async_handler<&deletion_status>)
                                            : run_with_body(r, &async_handler<&data_deletion>);
}

}  // namespace social::ngx
