// What a quota says to programs: the values of the RateLimit fields
// (draft-ietf-httpapi-ratelimit-headers-10). ngx/quota sends them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "site/quota_window.hpp"

namespace social::site {

// A site's quota in one window.
struct QuotaTerms {
    std::string_view site;    // id; its alphabet needs no escapes in a quoted string
    std::uint64_t limit = 0;  // admitted requests in one window
    std::int64_t length = 0;  // of the window, in seconds
};

// `"169";q=1000;w=43200`
[[nodiscard]] std::string rate_limit_policy(const QuotaTerms& terms);

// RateLimit of one site, as in `"169";r=999;t=3600`. Requests of one second differ only in what
// remains: the rest of the text is kept.
class RateLimitText {
public:
    static constexpr std::size_t kLongest = 128;  // bytes

    explicit RateLimitText(std::string_view site);

    // What is left of the limit, and the seconds until more is to be had, which are no less than
    // 0. `out` has room for kLongest bytes; how many it took.
    std::size_t write(std::uint64_t remaining, std::int64_t reset, char* out) noexcept;

private:
    void write_tail(std::int64_t reset) noexcept;

    std::string head_;
    std::array<char, 24> tail_{};
    std::size_t tail_size_ = 0;
    std::int64_t reset_ = -1;  // what the tail says; -1: nothing yet
};

}  // namespace social::site
