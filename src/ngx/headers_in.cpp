#include "ngx/headers_in.hpp"

#include "base/ascii.hpp"

namespace social::ngx {

std::string_view header_in(ngx_http_request_t* r, std::string_view name) noexcept {
    for (ngx_list_part_t* part = &r->headers_in.headers.part; part != nullptr; part = part->next) {
        auto* lines = static_cast<ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; ++i) {
            if (base::equals_ignoring_case(view(lines[i].key), name)) {
                return view(lines[i].value);
            }
        }
    }
    return {};
}

const ngx_str_t* authorization(ngx_http_request_t* r) noexcept {
    const ngx_table_elt_t* header = r->headers_in.authorization;
    return header != nullptr ? &header->value : nullptr;
}

bool is_https(ngx_http_request_t* r) noexcept {
#if (NGX_HTTP_SSL)
    return r->connection->ssl != nullptr;
#else
    static_cast<void>(r);
    return false;
#endif
}

}  // namespace social::ngx
