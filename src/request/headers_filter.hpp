// The last word on header fields that this module sets: nginx's own filters, as those of
// `expires` and `add_header`, and an upstream may have added others of the same name.
//
// A module of its own (ngx_http_social_headers_module), since its filter runs behind theirs.
#pragma once

#include <cstddef>
#include <string_view>

#include "ngx/ngx.hpp"

extern "C" {
extern __attribute__((visibility("default"))) ngx_module_t ngx_http_social_headers_module;
}

namespace social::ngx {

inline constexpr std::string_view kCacheControl = "Cache-Control";
inline constexpr std::string_view kNoStore = "no-store";
inline constexpr std::string_view kContentTypeOptions = "X-Content-Type-Options";
inline constexpr std::string_view kNoSniff = "nosniff";
inline constexpr std::string_view kReferrerPolicy = "Referrer-Policy";
inline constexpr std::string_view kNoReferrer = "no-referrer";
inline constexpr std::string_view kRateLimit = "RateLimit";
inline constexpr std::string_view kRateLimitPolicy = "RateLimit-Policy";

// The answer is one of this module: no other field of these names may stand beside its own, which
// are `count` lines of the header by now.
void mark_own_headers(ngx_http_request_t* r, std::size_t count) noexcept;

// When a worker starts: puts the filter behind nginx's headers filter. NGX_ERROR where that filter
// did not join the chains again.
[[nodiscard]] ngx_int_t insert_headers_filter(ngx_cycle_t* cycle) noexcept;

}  // namespace social::ngx
