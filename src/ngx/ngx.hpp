// The one door through which nginx's C headers enter C++, and the thinnest
// wrappers that make them safe to use: many of nginx's macros are several
// statements or a bare `if`, so that an `if` in front of them guards the first
// statement alone. The wrappers are functions.
//
// Included by loop/, store/ and ngx/; depends on nothing else of the module, whose ngx_module_t it
// declares.
#pragma once

extern "C" {
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>
#if (NGX_THREADS)
#include <ngx_thread_pool.h>
#endif

// Default visibility: nginx's generated list of modules refers to it.
extern __attribute__((visibility("default"))) ngx_module_t ngx_http_social_module;
}

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

namespace social::ngx {

// The characters of a "text"_ns literal; lives as long as the program.
template <std::size_t N>
struct Literal {
    u_char bytes[N]{};

    consteval Literal(const char (&text)[N]) {  // NOLINT(google-explicit-constructor)
        for (std::size_t i = 0; i < N; ++i) {
            bytes[i] = static_cast<u_char>(text[i]);
        }
    }
};

inline namespace literals {

// "text"_ns is a constant expression, which ngx_string("text") cannot be: it
// casts to u_char*. nginx never writes to the strings of its tables.
template <Literal L>
[[nodiscard]] constexpr ngx_str_t operator""_ns() noexcept {
    return {sizeof(L.bytes) - 1, const_cast<u_char*>(L.bytes)};
}

}  // namespace literals

// The bytes of an nginx string; valid as long as the string's pool.
[[nodiscard]] inline std::string_view view(const ngx_str_t& text) noexcept {
    return {reinterpret_cast<const char*>(text.data), text.len};
}

[[nodiscard]] inline std::string_view view(const ngx_variable_value_t& value) noexcept {
    return {reinterpret_cast<const char*>(value.data), value.len};
}

// The same bytes as an nginx string, for as long as `text` lives. Not for
// functions that write to their argument.
[[nodiscard]] inline ngx_str_t as_ngx(std::string_view text) noexcept {
    return {text.size(), reinterpret_cast<u_char*>(const_cast<char*>(text.data()))};
}

// A copy that lives as long as `pool`, with a NUL behind it for the functions of
// nginx that take C strings. Throws std::bad_alloc.
[[nodiscard]] inline ngx_str_t copy(ngx_pool_t* pool, std::string_view text) {
    auto* bytes = static_cast<u_char*>(ngx_pnalloc(pool, text.size() + 1));
    if (bytes == nullptr) {
        throw std::bad_alloc();
    }
    // Of one type on both sides, so that it is a memmove and no loop over bytes.
    const auto* from = reinterpret_cast<const u_char*>(text.data());
    std::copy(from, from + text.size(), bytes);
    bytes[text.size()] = '\0';
    return {text.size(), bytes};
}

// Ends an object that one of nginx's lists of cleanups owns. Its address tells that it is a T.
template <class T>
void destroy_object(void* object) noexcept {
    std::destroy_at(static_cast<T*>(object));
}

// The next T in a list of cleanups, of a pool or a request, from `entry` on, which moves behind
// it. The latest comes first; nullptr: there is none.
template <class T, class Cleanup>
[[nodiscard]] T* next_object(Cleanup*& entry) noexcept {
    while (entry != nullptr) {
        Cleanup* at = std::exchange(entry, entry->next);
        if (at->handler == &destroy_object<T>) {
            return static_cast<T*>(at->data);
        }
    }
    return nullptr;
}

// A C++ object in `pool`; its destructor runs when the pool is destroyed.
// Throws std::bad_alloc, or what the constructor throws.
template <class T, class... Args>
[[nodiscard]] T& create(ngx_pool_t* pool, Args&&... args) {
    static_assert(alignof(T) <= NGX_ALIGNMENT);
    ngx_pool_cleanup_t* cleanup = ngx_pool_cleanup_add(pool, sizeof(T));
    if (cleanup == nullptr) {
        throw std::bad_alloc();
    }
    auto* object = ::new (cleanup->data) T(std::forward<Args>(args)...);
    cleanup->data = object;
    cleanup->handler = &destroy_object<T>;
    return *object;
}

// One line of the error log. Bytes that are not printable become '?': text of a
// provider must not be able to forge a line of its own (CWE-117).
inline void write_log(ngx_log_t* log, ngx_uint_t level,
                      std::initializer_list<std::string_view> parts, ngx_err_t error = 0) noexcept {
    if (log->log_level < level) {
        return;
    }
    std::array<char, NGX_MAX_ERROR_STR> line;
    auto end = line.begin();
    for (const std::string_view part : parts) {
        const auto room = static_cast<std::size_t>(line.end() - end);
        end = std::transform(part.begin(), part.begin() + std::min(room, part.size()), end,
                             [](char c) { return c < ' ' || c == '\x7f' ? '?' : c; });
    }
    const auto size = static_cast<std::size_t>(end - line.begin());
    ngx_log_error_core(level, log, error, "%*s", size, line.data());
}

// ngx_add_timer() keeps an older timer that is less than 300 ms away
// (NGX_TIMER_LAZY_DELAY), which is never what a deadline wants.
inline void restart_timer(ngx_event_t& event, ngx_msec_t delay) noexcept {
    if (event.timer_set) {
        ngx_del_timer(&event);
    }
    ngx_add_timer(&event, delay);
}

inline void delete_timer(ngx_event_t& event) noexcept {
    if (event.timer_set) {
        ngx_del_timer(&event);
    }
}

// Runs the event's handler at the end of this turn of the loop.
inline void post_event(ngx_event_t& event) noexcept {
    ngx_post_event(&event, &ngx_posted_events);
}

inline void delete_posted_event(ngx_event_t& event) noexcept {
    if (event.posted) {
        ngx_delete_posted_event(&event);
    }
}

}  // namespace social::ngx
