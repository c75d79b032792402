// Caches the current quota window of each site, and its RateLimit fields, until the window closes.
// The time zone arithmetic is too slow for each request. One object per worker. It refers to sites,
// which outlive it.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "quota/quota_fields.hpp"
#include "quota/quota_window.hpp"
#include "site/site.hpp"

namespace social::site {

struct OpenWindow {
    WindowSpan span;
    std::string policy;        // value of RateLimit-Policy
    RateLimitText rate_limit;  // of the site
    std::int64_t since = 0;    // Unix seconds of the computation; the span is valid from then on
};

// Computes the window that contains `now` (Unix seconds), or else the next one. Precondition: the
// site has a quota.
[[nodiscard]] OpenWindow open_window(const Site& site, std::int64_t now);

class OpenWindows {
public:
    // Like open_window(), but cached. The reference is valid as long as this object. A later call
    // may overwrite the window by the site's next one.
    [[nodiscard]] OpenWindow& at(const Site& site, std::int64_t now);

private:
    std::unordered_map<const Site*, OpenWindow> windows_;
};

}  // namespace social::site
