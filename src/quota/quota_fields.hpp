// The values of RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10).
// access/quota sends them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "quota/quota_window.hpp"

namespace social::site {

// A site's quota in one window.
struct QuotaTerms {
    std::string_view site;    // id; its characters need no escapes in a quoted string
    std::uint64_t limit = 0;  // admitted requests in one window
    std::int64_t length = 0;  // seconds of the window
};

// The value of RateLimit-Policy, as in `"169";q=1000;w=43200`.
[[nodiscard]] std::string rate_limit_policy(const QuotaTerms& terms);

// The value of RateLimit for one site, as in `"169";r=999;t=3600`. Within one second only `r`
// changes, so the rest of the text is cached.
class RateLimitText {
public:
    static constexpr std::size_t kLongest = 128;  // bytes

    explicit RateLimitText(std::string_view site);

    // Writes `r=remaining` and `t=reset`, and returns the number of bytes. `reset` is in seconds;
    // negative values become 0. `out` has room for kLongest bytes.
    std::size_t write(std::uint64_t remaining, std::int64_t reset, char* out) noexcept;

private:
    void write_tail(std::int64_t reset) noexcept;

    std::string head_;
    std::array<char, 24> tail_{};
    std::size_t tail_size_ = 0;
    std::int64_t reset_ = -1;  // seconds in tail_; -1: tail_ is empty
};

}  // namespace social::site
