#include "request/request_state.hpp"

namespace social::ngx {

const Identity* find_identity(ngx_http_request_t* r) noexcept {
    ngx_http_request_t* main = r->main;
    void* cell = ngx_http_get_module_ctx(main, ngx_http_social_module);
    if (cell == nullptr) {
        ngx_pool_cleanup_t* entry = main->pool->cleanup;
        cell = next_object<Identity>(entry);
        ngx_http_set_ctx(main, cell, ngx_http_social_module);
    }
    return static_cast<const Identity*>(cell);
}

Identity& identity(ngx_http_request_t* r) {
    if (const Identity* known = find_identity(r)) {
        return const_cast<Identity&>(*known);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    }
    auto& made = create<Identity>(r->main->pool);
    ngx_http_set_ctx(r->main, &made, ngx_http_social_module);
    return made;
}

ngx_int_t refuse_with(ngx_http_request_t* r, const Answer& answer, ngx_int_t status) {
    identity(r).refusal = {.answer = &answer, .status = status, .uri_changes = r->uri_changes};
    return status;
}

void set_result(ngx_http_request_t* r, ngx_str_t word) {
    Identity& known = identity(r);
    const bool is_main = r == r->main;
    if (is_main || !known.has_own_result) {
        known.result = word;
        known.has_own_result = is_main;
    }
}

}  // namespace social::ngx
