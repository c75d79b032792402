#include "ngx/sent_request.hpp"

#include <new>
#include <stdexcept>

#include "base/ascii.hpp"

namespace social::ngx {

namespace {

constexpr std::size_t kLongestForm = 1024 * 1024;  // bytes

// What ngx_http_proxy_create_request() does for a proxy_pass without a URI.
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

void append_file(std::string& form, ngx_buf_t* piece) {
    const auto size = static_cast<std::size_t>(piece->file_last - piece->file_pos);
    const std::size_t before = form.size();
    form.resize(before + size);
    const ssize_t read =
        ngx_read_file(piece->file, reinterpret_cast<u_char*>(&form[before]), size, piece->file_pos);
    if (read != static_cast<ssize_t>(size)) {
        throw std::runtime_error("the request body cannot be read from its file");
    }
}

}  // namespace

oauth::SentRequest sent_request(ngx_http_request_t* r, ngx_http_complex_value_t* uri) {
    oauth::SentRequest sent;
    sent.method = view(r->method_name);
    sent.uri = uri != nullptr ? text_of(r, *uri) : own_uri(r);
    if (!sent.uri.starts_with('/')) {
        sent.uri.insert(0, 1, '/');
    }
    return sent;
}

bool has_form(ngx_http_request_t* r) noexcept {
    const ngx_table_elt_t* type = r->headers_in.content_type;
    if (type == nullptr || (r->headers_in.content_length_n <= 0 && r->headers_in.chunked == 0)) {
        return false;
    }
    std::string_view name = view(type->value);
    name = name.substr(0, name.find_first_of("; \t"));
    return base::equals_ignoring_case(name, "application/x-www-form-urlencoded");
}

std::optional<std::string> form_of(ngx_http_request_t* r) {
    std::string form;
    if (r->request_body == nullptr) {
        return form;
    }
    for (ngx_chain_t* link = r->request_body->bufs; link != nullptr; link = link->next) {
        const auto size = static_cast<std::size_t>(ngx_buf_size(link->buf));
        if (size > kLongestForm - form.size()) {
            return std::nullopt;
        }
        if (ngx_buf_in_memory(link->buf)) {
            form.append(reinterpret_cast<const char*>(link->buf->pos), size);
        } else if (size != 0) {
            append_file(form, link->buf);
        }
    }
    return form;
}

std::string text_of(ngx_http_request_t* r, ngx_http_complex_value_t& value) {
    ngx_str_t text{};
    if (ngx_http_complex_value(r, &value, &text) != NGX_OK) {
        throw std::bad_alloc();
    }
    return std::string(view(text));
}

}  // namespace social::ngx
