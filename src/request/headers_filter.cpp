#include "request/headers_filter.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "base/ascii.hpp"
#include "loop/guard.hpp"
#include "request/request_state.hpp"

// Of nginx, which declares it in no header.
extern "C" {
extern ngx_module_t ngx_http_headers_filter_module;
}

namespace social::ngx {

namespace {

// What nginx calls next; written when a worker starts.
ngx_http_output_header_filter_pt next_header_filter;

// What nginx's headers filter calls next, as this configuration has built the chains.
struct BehindHeaders {
    ngx_http_output_header_filter_pt header = nullptr;  // nullptr: see on_postconfiguration()
    ngx_http_output_body_filter_pt body = nullptr;
};

// One field that must not stand beside another of its name.
struct Field {
    std::string_view name;
    std::string_view value;  // of this module's own; empty: it sets none
    bool expected = true;    // false: the fields of others go only where the own one is there
    bool seen = false;
};

// Most lines that have the value are the module's own, and so have its very bytes.
bool has_own_value(const Field& field, const ngx_table_elt_t& line) noexcept {
    const std::string_view value = view(line.value);
    return value.size() == field.value.size() &&
           (value.data() == field.value.data() || value == field.value);
}

bool has_name(const Field& field, const ngx_table_elt_t& line) noexcept {
    const std::string_view name = view(line.key);
    return name.size() == field.name.size() &&
           (name.data() == field.name.data() || base::equals_ignoring_case(name, field.name));
}

// Whether the line is another one of that name, behind the first that has the own value.
bool is_surplus(Field& field, const ngx_table_elt_t& line) noexcept {
    if (!has_name(field, line)) {
        return false;
    }
    if (!field.seen && !field.value.empty() && has_own_value(field, line)) {
        field.seen = true;
        return false;
    }
    return field.expected || field.seen;
}

template <std::size_t N>
void remove_surplus(ngx_http_request_t* r, std::array<Field, N> fields) noexcept {
    for (ngx_list_part_t* part = &r->headers_out.headers.part; part != nullptr; part = part->next) {
        auto* lines = static_cast<ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; ++i) {
            for (Field& field : fields) {
                if (lines[i].hash != 0 && is_surplus(field, lines[i])) {
                    lines[i].hash = 0;
                }
            }
        }
    }
}

// Whether the header has no line but those that the answer brought and those of the quota.
bool is_alone(ngx_http_request_t* r, const RequestState* known) noexcept {
    const auto own = reinterpret_cast<std::uintptr_t>(
        ngx_http_get_module_ctx(r, ngx_http_social_headers_module));
    const std::size_t counted = known != nullptr && known->rate_limit.len != 0 ? 2 : 0;
    const ngx_list_t& lines = r->headers_out.headers;
    return lines.last == &lines.part && lines.part.nelts == own + counted;
}

ngx_int_t on_header(ngx_http_request_t* r) noexcept {
    if (r != r->main) {
        return next_header_filter(r);
    }
    const RequestState* known = find_identity(r);
    if (ngx_http_get_module_ctx(r, ngx_http_social_headers_module) != nullptr) {
        if (is_alone(r, known)) {
            return next_header_filter(r);
        }
        // Expires would count where a cache of HTTP/1.0 does not know no-store (RFC 9111 §5.3).
        remove_surplus(
            r, std::array{Field{.name = kCacheControl, .value = kNoStore},
                          Field{.name = kContentTypeOptions, .value = kNoSniff},
                          Field{.name = "Expires", .value = {}},
                          Field{.name = kReferrerPolicy, .value = kNoReferrer, .expected = false}});
    }
    if (known != nullptr && known->rate_limit.len != 0) {
        remove_surplus(r, std::array{Field{.name = kRateLimit, .value = view(known->rate_limit)},
                                     Field{.name = kRateLimitPolicy,
                                           .value = view(known->rate_limit_policy)}});
    }
    return next_header_filter(r);
}

void* on_create(ngx_conf_t* cf) noexcept {
    return loop::guard(cf->log, "settings", static_cast<void*>(nullptr),
                       [cf]() -> void* { return &create<BehindHeaders>(cf->pool); });
}

// Whether nginx's headers filter is the next one that joins the chains.
bool headers_filter_follows(const ngx_cycle_t& cycle) noexcept {
    ngx_module_t** module = cycle.modules;
    while (*module != &ngx_http_social_headers_module) {
        ++module;
    }
    return module[1] == &ngx_http_headers_filter_module;
}

// Behind another module that has its filter in front of nginx's, there is no place but this one.
ngx_int_t on_postconfiguration(ngx_conf_t* cf) noexcept {
    if (!headers_filter_follows(*cf->cycle)) {
        next_header_filter = std::exchange(ngx_http_top_header_filter, &on_header);
        return NGX_OK;
    }
    auto* behind = static_cast<BehindHeaders*>(
        ngx_http_conf_get_module_main_conf(cf, ngx_http_social_headers_module));
    *behind = {.header = ngx_http_top_header_filter, .body = ngx_http_top_body_filter};
    return NGX_OK;
}

ngx_http_module_t context = {
    .preconfiguration = nullptr,
    .postconfiguration = &on_postconfiguration,
    .create_main_conf = &on_create,
    .init_main_conf = nullptr,
    .create_srv_conf = nullptr,
    .merge_srv_conf = nullptr,
    .create_loc_conf = nullptr,
    .merge_loc_conf = nullptr,
};

}  // namespace

void mark_own_headers(ngx_http_request_t* r, std::size_t count) noexcept {
    ngx_http_set_ctx(r, reinterpret_cast<void*>(std::uintptr_t{count}),
                     ngx_http_social_headers_module);
}

// nginx's headers filter joins the chains again: it keeps its place in front of others, and calls
// this filter next.
ngx_int_t insert_headers_filter(ngx_cycle_t* cycle) noexcept {
    const auto* behind = static_cast<const BehindHeaders*>(
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_social_headers_module));
    if (behind->header == nullptr) {
        return NGX_OK;
    }
    next_header_filter = behind->header;
    const auto top_header = std::exchange(ngx_http_top_header_filter, &on_header);
    const auto top_body = std::exchange(ngx_http_top_body_filter, behind->body);
    ngx_conf_t cf{};
    cf.cycle = cycle;
    cf.pool = cycle->pool;
    cf.log = cycle->log;
    const auto* headers = static_cast<const ngx_http_module_t*>(ngx_http_headers_filter_module.ctx);
    const ngx_int_t rc = headers->postconfiguration(&cf);
    ngx_http_top_header_filter = top_header;
    ngx_http_top_body_filter = top_body;
    return rc;
}

}  // namespace social::ngx

ngx_module_t ngx_http_social_headers_module = {
    NGX_MODULE_V1,
    &social::ngx::context,
    nullptr,  // directives
    NGX_HTTP_MODULE,
    nullptr,  // init master
    nullptr,  // init module
    nullptr,  // init process
    nullptr,  // init thread
    nullptr,  // exit thread
    nullptr,  // exit process
    nullptr,  // exit master
    NGX_MODULE_V1_PADDING,
};
