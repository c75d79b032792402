// The current window of each site, remembered until it closes: finding it anew takes
// arithmetic with time zones that no request should pay for. One object per worker;
// it refers to sites, which outlive it.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "site/quota_window.hpp"
#include "site/site.hpp"

namespace social::site {

class OpenWindows {
public:
    // The window of a site that has a quota: the one that contains `now`, or the next.
    [[nodiscard]] const WindowSpan& at(const Site& site, std::int64_t now);

private:
    struct Known {
        WindowSpan span;
        std::int64_t since = 0;  // when it was found; the span is right from then on
    };
    std::unordered_map<const Site*, Known> known_;
};

}  // namespace social::site
