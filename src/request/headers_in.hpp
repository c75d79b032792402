// Request headers as text. Hides the different lists of repeated headers in nginx 1.22 and in 1.23
// and newer. The views are valid as long as the request.
#pragma once

#include <string_view>

#include "base/occurrence.hpp"
#include "ngx/ngx.hpp"

namespace social::ngx {

// The first header of `name` (in lower case), or empty. Walks the list: not for hot paths.
[[nodiscard]] std::string_view header_in(ngx_http_request_t* r, std::string_view name) noexcept;

// Like header_in(), but reports a repeated header.
[[nodiscard]] base::Found find_header_in(ngx_http_request_t* r, std::string_view name) noexcept;

// The Authorization header, or nullptr. nginx itself rejects a repeated one.
[[nodiscard]] const ngx_str_t* authorization(ngx_http_request_t* r) noexcept;

// Calls `visit` with the value of each Cookie header.
template <class Visit>
void for_each_cookie_header(ngx_http_request_t* r, Visit visit) {
#if (nginx_version >= 1023000)
    for (ngx_table_elt_t* header = r->headers_in.cookie; header != nullptr; header = header->next) {
        visit(view(header->value));
    }
#else
    auto** headers = static_cast<ngx_table_elt_t**>(r->headers_in.cookies.elts);
    for (ngx_uint_t i = 0; i < r->headers_in.cookies.nelts; ++i) {
        visit(view(headers[i]->value));
    }
#endif
}

// True if the client's connection to this nginx is TLS, as in $scheme.
[[nodiscard]] bool is_https(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
