// Removes duplicates of the header fields that this module sets. nginx's `expires` and
// `add_header`, or an upstream, may have added fields of the same name.
//
// A separate module (ngx_http_social_headers_module), since its filter must run after those of
// nginx.
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

// Marks the response as this module's: the filter removes other fields of these names. `count` is
// the number of header lines that set_headers() adds.
void mark_own_headers(ngx_http_request_t* r, std::size_t count) noexcept;

// Called when a worker starts. Inserts the filter after nginx's headers filter. Returns NGX_ERROR
// if that filter fails to join the chains again.
[[nodiscard]] ngx_int_t insert_headers_filter(ngx_cycle_t* cycle) noexcept;

}  // namespace social::ngx
