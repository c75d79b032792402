#include "request/headers_in.hpp"

#include "base/ascii.hpp"

namespace social::ngx {

namespace {

// Ends as soon as `visit` returns false.
template <class Visit>
void for_each_header(ngx_http_request_t* r, std::string_view name, Visit visit) noexcept {
    for (ngx_list_part_t* part = &r->headers_in.headers.part; part != nullptr; part = part->next) {
        auto* lines = static_cast<ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; ++i) {
            if (base::equals_ignoring_case(view(lines[i].key), name) &&
                !visit(view(lines[i].value))) {
                return;
            }
        }
    }
}

}  // namespace

std::string_view header_in(ngx_http_request_t* r, std::string_view name) noexcept {
    std::string_view first;
    for_each_header(r, name, [&first](std::string_view value) {
        first = value;
        return false;
    });
    return first;
}

base::Found find_header_in(ngx_http_request_t* r, std::string_view name) noexcept {
    using base::Occurrence;
    base::Found found;
    for_each_header(r, name, [&found](std::string_view value) {
        const bool first = found.occurrence == Occurrence::absent;
        found = first ? base::Found{.occurrence = Occurrence::once, .value = value}
                      : base::Found{.occurrence = Occurrence::repeated, .value = {}};
        return first;
    });
    return found;
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
