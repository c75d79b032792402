#include "access/sent_request.hpp"

#include <new>

#include "base/ascii.hpp"
#include "request/body_text.hpp"
#include "settings/settings.hpp"

namespace social::ngx {

namespace {

constexpr std::size_t kLongestForm = 1024 * 1024;  // bytes

// As ngx_http_proxy_create_request() for a proxy_pass without a URI.
std::string own_uri(ngx_http_request_t* r) {
    if (r->valid_unparsed_uri != 0) {
        return std::string(view(r->unparsed_uri));
    }
    std::string uri(view(r->uri));
    if (r->quoted_uri != 0 || r->internal != 0) {
        const auto more = 2 * ngx_escape_uri(nullptr, r->uri.data, r->uri.len, NGX_ESCAPE_URI);
        std::string escaped(r->uri.len + more, '\0');
        ngx_escape_uri(reinterpret_cast<u_char*>(escaped.data()), r->uri.data, r->uri.len,
                       NGX_ESCAPE_URI);
        uri = std::move(escaped);
    }
    if (r->args.len != 0) {
        uri += '?';
        uri += view(r->args);
    }
    return uri;
}

bool has_form_type(ngx_http_request_t* r) noexcept {
    const ngx_table_elt_t* type = r->headers_in.content_type;
    if (type == nullptr) {
        return false;
    }
    std::string_view name = view(type->value);
    name = name.substr(0, name.find_first_of("; \t"));
    return base::equals_ignoring_case(name, "application/x-www-form-urlencoded");
}

// As ngx_http_proxy_create_request(), for the method and the body.
void apply_proxy(ngx_http_request_t* r, const Credential& credential, oauth::SentRequest& sent) {
    const ngx_http_upstream_conf_t& upstream = credential.proxy->upstream(r->loc_conf);
    if (ngx_http_complex_value_t* method = credential.proxy->method(r->loc_conf)) {
        sent.method = text_of(r, *method);
    }
    if (upstream.pass_request_headers == 0) {
        sent.form.clear();  // without Content-Type the body is no form
    } else if (ngx_http_complex_value_t* body = location_settings(r).proxy_body) {
        sent.form = has_form_type(r) ? text_of(r, *body) : std::string();
    } else if (upstream.pass_request_body == 0) {
        sent.form.clear();
    }
}

}  // namespace

oauth::SentRequest sent_request(ngx_http_request_t* r, const Credential& credential,
                                std::string_view form) {
    oauth::SentRequest sent;
    sent.method = view(r->method_name);
    sent.uri = credential.uri != nullptr ? text_of(r, *credential.uri) : own_uri(r);
    if (!sent.uri.starts_with('/')) {
        sent.uri.insert(0, 1, '/');
    }
    sent.form = form;
    if (r->upstream == nullptr) {
        return sent;
    }
    if (credential.proxy && r->upstream->conf == &credential.proxy->upstream(r->loc_conf)) {
        apply_proxy(r, credential, sent);
    }
    // proxy_cache_convert_head overrides proxy_method.
    if (r->upstream->method.len != 0) {
        sent.method = view(r->upstream->method);
    }
    return sent;
}

bool has_form(ngx_http_request_t* r) noexcept {
    return has_form_type(r) && (r->headers_in.content_length_n > 0 || r->headers_in.chunked != 0);
}

std::optional<std::string> form_of(ngx_http_request_t* r) {
    return body_text(*r, kLongestForm);
}

std::string text_of(ngx_http_request_t* r, ngx_http_complex_value_t& value) {
    ngx_str_t text{};
    if (ngx_http_complex_value(r, &value, &text) != NGX_OK) {
        throw std::bad_alloc();
    }
    return std::string(view(text));
}

}  // namespace social::ngx
