#include "ngx/identity.hpp"

#include <new>

namespace social::ngx {

namespace {

// Does nothing: its address marks our entry among the pool's cleanups.
void on_pool_cleanup(void* /*cell*/) noexcept {}

}  // namespace

const Identity* find_identity(ngx_http_request_t* r) noexcept {
    ngx_http_request_t* main = r->main;
    if (void* cell = ngx_http_get_module_ctx(main, ngx_http_social_module)) {
        return static_cast<const Identity*>(cell);
    }
    for (ngx_pool_cleanup_t* entry = main->pool->cleanup; entry != nullptr; entry = entry->next) {
        if (entry->handler == &on_pool_cleanup) {
            ngx_http_set_ctx(main, entry->data, ngx_http_social_module);
            return static_cast<const Identity*>(entry->data);
        }
    }
    return nullptr;
}

Identity& identity(ngx_http_request_t* r) {
    if (const Identity* known = find_identity(r)) {
        return const_cast<Identity&>(*known);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    }
    ngx_pool_cleanup_t* entry = ngx_pool_cleanup_add(r->main->pool, sizeof(Identity));
    if (entry == nullptr) {
        throw std::bad_alloc();
    }
    auto* cell = new (entry->data) Identity;
    entry->handler = &on_pool_cleanup;
    ngx_http_set_ctx(r->main, cell, ngx_http_social_module);
    return *cell;
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
