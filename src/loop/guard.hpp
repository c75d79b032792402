// guard() catches and logs the exceptions of a callback. Each function that C code calls does its
// work in one guard(), so no exception unwinds a C frame. coro/result_task.hpp lists all files that
// catch.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

#include "ngx/ngx.hpp"

namespace social::loop {

// Logs the exception being handled: std::bad_alloc as crit, others as error. `where` names the
// operation. Call it only in a catch block.
void log_exception(ngx_log_t* log, std::string_view where) noexcept;

// Returns `body()`, or `fallback` if it throws.
template <std::invocable Body>
    requires(!std::is_void_v<std::invoke_result_t<Body>>)
std::invoke_result_t<Body> guard(ngx_log_t* log, std::string_view where,
                                 std::type_identity_t<std::invoke_result_t<Body>> fallback,
                                 Body&& body) noexcept {
    try {
        return std::forward<Body>(body)();
    } catch (...) {
        log_exception(log, where);
    }
    return fallback;
}

template <std::invocable Body>
void guard(ngx_log_t* log, std::string_view where, Body&& body) noexcept {
    try {
        std::forward<Body>(body)();
    } catch (...) {
        log_exception(log, where);
    }
}

}  // namespace social::loop
