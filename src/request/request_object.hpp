// C++ objects in a request's pool. nginx's http cleanups destroy them when the main request is
// finalized or terminated. The log phase follows later. The request is still complete then.
#pragma once

#include <memory>
#include <new>
#include <utility>

#include "ngx/ngx.hpp"

namespace social::ngx {

struct DestroyInPool {
    template <class T>
    void operator()(T* object) const noexcept {
        std::destroy_at(object);
    }
};

// Owns the object; the pool owns its memory.
template <class T>
using PoolPointer = std::unique_ptr<T, DestroyInPool>;

// Throws std::bad_alloc, or what the constructor throws.
template <class T, class... Args>
[[nodiscard]] PoolPointer<T> make_in_pool(ngx_pool_t* pool, Args&&... args) {
    static_assert(alignof(T) <= NGX_ALIGNMENT);
    void* memory = ngx_palloc(pool, sizeof(T));
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return PoolPointer<T>(::new (memory) T(std::forward<Args>(args)...));
}

// Ties the object's lifetime to the request. Throws std::bad_alloc.
template <class T>
T& keep_for_request(ngx_http_request_t* r, PoolPointer<T> object) {
    ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(r, 0);
    if (cleanup == nullptr) {
        throw std::bad_alloc();
    }
    cleanup->data = object.get();
    cleanup->handler = &destroy_object<T>;
    return *object.release();
}

// Throws std::bad_alloc, or what the constructor throws.
template <class T, class... Args>
T& create_for_request(ngx_http_request_t* r, Args&&... args) {
    return keep_for_request(r, make_in_pool<T>(r->pool, std::forward<Args>(args)...));
}

// The latest T whose T::request() is `r`; nullptr if there is none.
template <class T>
[[nodiscard]] T* find_for_request(ngx_http_request_t* r) noexcept {
    ngx_http_cleanup_t* entry = r->main->cleanup;
    T* object = next_object<T>(entry);
    while (object != nullptr && object->request() != r) {
        object = next_object<T>(entry);
    }
    return object;
}

}  // namespace social::ngx
