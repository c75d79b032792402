// Includes nginx's C headers for C++ and wraps their unsafe macros in functions. Many of these
// macros are several statements or a bare `if`. An `if` in front of such a macro would guard its
// first statement alone.
//
// The ground floor: all folders but the pure ones, coro and flow may include it. It declares the
// module's ngx_module_t and depends on no other file of src/.
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

// The characters of a "text"_ns literal, with static storage.
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

// "text"_ns is a constant expression. ngx_string("text") is not: it casts to u_char*. nginx never
// writes to the strings of its tables.
template <Literal L>
[[nodiscard]] constexpr ngx_str_t operator""_ns() noexcept {
    return {sizeof(L.bytes) - 1, const_cast<u_char*>(L.bytes)};
}

}  // namespace literals

// The bytes of an nginx string. Valid as long as the string's pool.
[[nodiscard]] inline std::string_view view(const ngx_str_t& text) noexcept {
    return {reinterpret_cast<const char*>(text.data), text.len};
}

[[nodiscard]] inline std::string_view view(const ngx_variable_value_t& value) noexcept {
    return {reinterpret_cast<const char*>(value.data), value.len};
}

// The same bytes as an nginx string. Valid as long as `text`. Not for functions that write to their
// argument.
[[nodiscard]] inline ngx_str_t as_ngx(std::string_view text) noexcept {
    return {text.size(), reinterpret_cast<u_char*>(const_cast<char*>(text.data()))};
}

// A NUL-terminated copy for nginx's functions that take C strings. Lives as long as `pool`. Throws
// std::bad_alloc.
[[nodiscard]] inline ngx_str_t copy(ngx_pool_t* pool, std::string_view text) {
    auto* bytes = static_cast<u_char*>(ngx_pnalloc(pool, text.size() + 1));
    if (bytes == nullptr) {
        throw std::bad_alloc();
    }
    // Source and destination have one type, so the copy is a memmove and not a loop over bytes.
    const auto* from = reinterpret_cast<const u_char*>(text.data());
    std::copy(from, from + text.size(), bytes);
    bytes[text.size()] = '\0';
    return {text.size(), bytes};
}

// Destroys an object that a cleanup list owns. The function's address identifies the type.
template <class T>
void destroy_object(void* object) noexcept {
    std::destroy_at(static_cast<T*>(object));
}

// Returns the next T in a cleanup list of a pool or a request, and moves `entry` past it. The
// latest object comes first. Returns nullptr if there is none.
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

// Creates an object in `pool`. The pool runs its destructor. Throws std::bad_alloc, or the
// constructor's exception.
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

// Writes one line of at most NGX_MAX_ERROR_STR bytes to the error log and replaces unprintable
// bytes by '?'. Otherwise the text of a provider could forge a log line (CWE-117).
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

// ngx_add_timer() keeps an older timer if both expire within 300 ms of each other
// (NGX_TIMER_LAZY_DELAY). A deadline must be exact. `delay` is in milliseconds.
inline void restart_timer(ngx_event_t& event, ngx_msec_t delay) noexcept {
    if (event.timer_set) {
        ngx_del_timer(&event);
    }
    ngx_add_timer(&event, delay);
}

// Does nothing if the timer is not set.
inline void delete_timer(ngx_event_t& event) noexcept {
    if (event.timer_set) {
        ngx_del_timer(&event);
    }
}

// Runs the event's handler at the end of this loop iteration.
inline void post_event(ngx_event_t& event) noexcept {
    ngx_post_event(&event, &ngx_posted_events);
}

// Does nothing if the event is not posted.
inline void delete_posted_event(ngx_event_t& event) noexcept {
    if (event.posted) {
        ngx_delete_posted_event(&event);
    }
}

}  // namespace social::ngx
