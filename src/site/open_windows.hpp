// The current window of each site, and what the site says of it, remembered until it closes:
// finding it anew takes arithmetic with time zones that no request should pay for. One object per
// worker; it refers to sites, which outlive it.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "site/quota_fields.hpp"
#include "site/quota_window.hpp"
#include "site/site.hpp"

namespace social::site {

struct OpenWindow {
    WindowSpan span;
    std::string policy;        // rate_limit_policy() of it
    RateLimitText rate_limit;  // of the site
    std::int64_t since = 0;    // when it was found; the span is right from then on
};

// The window of a site that has a quota: the one that contains `now`, or the next.
[[nodiscard]] OpenWindow open_window(const Site& site, std::int64_t now);

class OpenWindows {
public:
    // The same. What is referred to lives as long as this; a later call may put the site's next
    // window there.
    [[nodiscard]] OpenWindow& at(const Site& site, std::int64_t now);

private:
    std::unordered_map<const Site*, OpenWindow> known_;
};

}  // namespace social::site
