#include "request/request_line.hpp"

#include <string>

#include "session/redaction.hpp"

namespace social::ngx {

namespace {

constexpr std::string_view kSession = "/session/";

// As ngx_http_log_error_handler(), but with the redacted request line. Omits the Referer, which may
// be a URL of this module.
u_char* on_log_request(ngx_http_request_t* r, ngx_http_request_t* sr, u_char* buf,
                       std::size_t len) noexcept {
    u_char* const end = buf + len;
    auto* server = static_cast<ngx_http_core_srv_conf_t*>(
        ngx_http_get_module_srv_conf(r, ngx_http_core_module));
    u_char* p = ngx_slprintf(buf, end, ", server: %V", &server->server_name);
    try {
        const std::string line = session::redacted_request_line(view(r->request_line));
        const ngx_str_t text = as_ngx(line);
        p = ngx_slprintf(p, end, ", request: \"%V\"", &text);
    } catch (const std::exception&) {
        p = ngx_slprintf(p, end, ", request: -");
    }
    if (r != sr) {
        const std::string_view path = view(sr->uri);
        const ngx_str_t shown = as_ngx(path.substr(0, path.find(kSession)));
        p = ngx_slprintf(p, end, ", subrequest: \"%V\"", &shown);
    }
    if (sr->upstream != nullptr && sr->upstream->peer.name != nullptr) {
        p = ngx_slprintf(p, end, ", upstream: \"%V%V\"", &sr->upstream->schema,
                         sr->upstream->peer.name);
    }
    if (r->headers_in.host != nullptr) {
        p = ngx_slprintf(p, end, ", host: \"%V\"", &r->headers_in.host->value);
    }
    return p;
}

}  // namespace

void redact_request_line(ngx_http_request_t* r) noexcept {
    r->main->log_handler = &on_log_request;
}

}  // namespace social::ngx
