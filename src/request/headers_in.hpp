// Request headers as text, alike for nginx 1.22 and for 1.23 and newer, which
// keep repeated headers in different ways.
#pragma once

#include <string_view>

#include "base/occurrence.hpp"
#include "ngx/ngx.hpp"

namespace social::ngx {

// The first header of that name (given in lower case), or empty. Walks the list:
// not for hot paths.
[[nodiscard]] std::string_view header_in(ngx_http_request_t* r, std::string_view name) noexcept;

// The same where a second one is a matter of its own.
[[nodiscard]] base::Found find_header_in(ngx_http_request_t* r, std::string_view name) noexcept;

// The Authorization header, or nullptr. nginx refuses a second one itself.
[[nodiscard]] const ngx_str_t* authorization(ngx_http_request_t* r) noexcept;

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

// Whether the client's own connection to this nginx is TLS: what $scheme says.
[[nodiscard]] bool is_https(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
