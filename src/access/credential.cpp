// The credential of one proxied request:
//
// 1. OAuth 1.0a and the body is a form: read it first, since the signature covers it.
// 2. The caller's site has no such session at the provider: 404.
// 3. The provider fails to refresh or issue a token: 502. The store is unavailable: 503.
// 4. The query or the form cannot be signed: 400. The form is too long for a signature: 413.
// 5. Otherwise nginx continues with the next handler.
//
// If the upstream refuses an application token with 401, drop it: the next request fetches another.
// An error_page may retry the request in a location with the same credential: that retry fetches
// one, too.
#include "access/credential.hpp"

#include <utility>

#include "access/bearer.hpp"
#include "access/credential_flow.hpp"
#include "loop/guard.hpp"
#include "request/request_line.hpp"
#include "request/request_object.hpp"
#include "request/request_state.hpp"
#include "settings/settings.hpp"

namespace social::ngx {

namespace {

// The next filter of the chain; set when a worker starts.
ngx_http_output_header_filter_pt next_header_filter;

void drop_refused_token(ngx_http_request_t* r, const Credential& credential) {
    base::Secret refused = refused_app_token(r, credential);
    if (refused.empty()) {
        return;
    }
    Worker& worker = *main_settings(r).worker;
    worker.jobs().run(
        "drop app token " + credential.provider_name,
        flow::drop_app_token(*credential.provider, std::move(refused), worker.app_tokens()));
}

ngx_int_t on_upstream_header(ngx_http_request_t* r) noexcept {
    if (r->headers_out.status != NGX_HTTP_UNAUTHORIZED) {
        return next_header_filter(r);
    }
    const Credential* credential = location_settings(r).credential;
    if (credential != nullptr && credential->kind == CredentialKind::app &&
        main_settings(r).worker) {
        loop::guard(r->connection->log, "credential",
                    [r, credential] { drop_refused_token(r, *credential); });
    }
    return next_header_filter(r);
}

}  // namespace

ngx_int_t on_credential(ngx_http_request_t* r) noexcept {
    on_admitted(r);
    const Credential* credential = location_settings(r).credential;
    if (credential == nullptr || credential->kind == CredentialKind::off) {
        return NGX_DECLINED;
    }
    if (!main_settings(r).worker) {
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }
    redact_request_line(r);
    return loop::guard(r->connection->log, "credential", ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR},
                       [r, credential] {
                           const auto* known = find_for_request<CredentialFlow>(r);
                           return known != nullptr && known->is_for(*credential)
                                      ? known->outcome()
                                      : CredentialFlow::begin(r, *credential);
                       });
}

ngx_str_t authorization_value(ngx_http_request_t* r) {
    const Credential* credential = location_settings(r).credential;
    const RequestState* known = find_identity(r);
    if (credential == nullptr || credential->kind == CredentialKind::off || known == nullptr ||
        known->logged == r) {
        return {};
    }
    CredentialFlow* flow = CredentialFlow::of_sender(r, *credential);
    return flow != nullptr ? copy(r->pool, flow->value().reveal()) : ngx_str_t{};
}

ngx_int_t on_log_credential(ngx_http_request_t* r) noexcept {
    if (r == r->main) {
        return NGX_OK;
    }
    return loop::guard(r->connection->log, "credential", ngx_int_t{NGX_ERROR}, [r] {
        CredentialFlow::conceal_from_log(r);
        return ngx_int_t{NGX_OK};
    });
}

void add_credential_filter() noexcept {
    next_header_filter = std::exchange(ngx_http_top_header_filter, &on_upstream_header);
}

}  // namespace social::ngx
