#include "request/headers_filter.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "base/ascii.hpp"
#include "loop/guard.hpp"
#include "request/request_state.hpp"

// Defined in nginx, which declares it in no header.
extern "C" {
extern ngx_module_t ngx_http_headers_filter_module;
}

namespace social::ngx {

namespace {

// The next filter of the chain; set when a worker starts.
ngx_http_output_header_filter_pt next_header_filter;

// The filters after nginx's headers filter, in the chains of this configuration.
struct BehindHeaders {
    ngx_http_output_header_filter_pt header = nullptr;  // nullptr: see on_postconfiguration()
    ngx_http_output_body_filter_pt body = nullptr;
};

// A field that must have one line at most.
struct Field {
    std::string_view name;
    std::string_view value;  // the module's own; empty: the module sends none
    bool expected = true;    // false: foreign lines go only if the own one was sent
    bool seen = false;
};

// Compares addresses first: the module's own lines usually share these bytes.
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

// True if the line repeats the field's name after the first line with the own value.
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

// True if the header has only the lines of the answer and of the quota.
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
        // An HTTP/1.0 cache ignores no-store and would use Expires (RFC 9111 §5.3).
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

// True if nginx's headers filter is the next module to join the chains.
bool headers_filter_follows(const ngx_cycle_t& cycle) noexcept {
    ngx_module_t** module = cycle.modules;
    while (*module != &ngx_http_social_headers_module) {
        ++module;
    }
    return module[1] == &ngx_http_headers_filter_module;
}

// If another module's filter precedes nginx's headers filter, this is the only usable position.
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

// Runs the postconfiguration of nginx's headers filter again. That filter keeps its position and
// then calls this filter next.
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
