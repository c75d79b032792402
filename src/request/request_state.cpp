#include "request/request_state.hpp"

namespace social::ngx {

const RequestState* find_identity(ngx_http_request_t* r) noexcept {
    ngx_http_request_t* main = r->main;
    void* cell = ngx_http_get_module_ctx(main, ngx_http_social_module);
    if (cell == nullptr) {
        ngx_pool_cleanup_t* entry = main->pool->cleanup;
        cell = next_object<RequestState>(entry);
        ngx_http_set_ctx(main, cell, ngx_http_social_module);
    }
    return static_cast<const RequestState*>(cell);
}

RequestState& request_state(ngx_http_request_t* r) {
    if (const RequestState* known = find_identity(r)) {
        return const_cast<RequestState&>(*known);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    }
    auto& made = create<RequestState>(r->main->pool);
    ngx_http_set_ctx(r->main, &made, ngx_http_social_module);
    return made;
}

ngx_int_t refuse_with(ngx_http_request_t* r, const Answer& answer, ngx_int_t status) {
    request_state(r).refusal = {.answer = &answer, .status = status, .uri_changes = r->uri_changes};
    return status;
}

void set_result(ngx_http_request_t* r, ngx_str_t word) {
    RequestState& known = request_state(r);
    const bool is_main = r == r->main;
    if (is_main || !known.has_own_result) {
        known.result = word;
        known.has_own_result = is_main;
    }
}

}  // namespace social::ngx
