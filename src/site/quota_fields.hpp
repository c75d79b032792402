// What a quota says to programs: the values of the RateLimit fields
// (draft-ietf-httpapi-ratelimit-headers-10). ngx/quota sends them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "site/quota_window.hpp"

namespace social::site {

// A site's quota as it stands after one request.
struct QuotaReading {
    std::string_view site;        // id; its alphabet needs no escapes in a quoted string
    std::uint64_t limit = 0;      // admitted requests in one window
    std::uint64_t remaining = 0;  // of them
    std::int64_t length = 0;      // of the window, in seconds
    std::int64_t reset = 0;       // seconds until more is to be had; never negative
};

// `"169";q=1000;w=43200`
[[nodiscard]] std::string rate_limit_policy(const QuotaReading& reading);

// `"169";r=999;t=3600`, written into `out`, which has room for kLongestRateLimit bytes: how many
// it took.
inline constexpr std::size_t kLongestRateLimit = 128;
[[nodiscard]] std::size_t write_rate_limit(const QuotaReading& reading, char* out) noexcept;

}  // namespace social::site
