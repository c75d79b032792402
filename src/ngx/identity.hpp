// What became known of a request, for variables, the access log and the guards
// of one request among themselves: which site and user, by which provider, and
// with what result.
//
// It lives in the request's pool until the pool dies, that is, past the log
// phase. An internal redirect clears module contexts, so the cell is found again
// through its entry in the pool's list of cleanups.
#pragma once

#include <type_traits>

#include "ngx/ngx.hpp"

namespace social::ngx {

struct Identity {
    ngx_str_t site{};      // id of the site that the token is for
    ngx_str_t user{};      // `sub` of the token
    ngx_str_t provider{};  // name of the provider block
    ngx_str_t result{};    // static text, one word
    ngx_str_t store{};     // static text: hit, miss, stale
};
static_assert(std::is_trivially_destructible_v<Identity>);

// Of the main request, made at the first call. Throws std::bad_alloc.
[[nodiscard]] Identity& identity(ngx_http_request_t* r);

// nullptr where no part of the module has touched the request.
[[nodiscard]] const Identity* find_identity(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
