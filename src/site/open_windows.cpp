#include "site/open_windows.hpp"

namespace social::site {

OpenWindow open_window(const Site& site, std::int64_t now) {
    const WindowSpan span = site.quota->window.span_at(now);
    return {.span = span,
            .policy = rate_limit_policy(
                {.site = site.id, .limit = site.quota->limit, .length = span.length()}),
            .rate_limit = RateLimitText(site.id),
            .since = now};
}

OpenWindow& OpenWindows::at(const Site& site, std::int64_t now) {
    const auto entry = windows_.find(&site);
    if (entry == windows_.end()) {
        return windows_.emplace(&site, open_window(site, now)).first->second;
    }
    OpenWindow& cached = entry->second;
    // After the clock was set back, an earlier window may be the current one.
    if (now >= cached.span.closes || now < cached.since) {
        cached = open_window(site, now);
    }
    return cached;
}

}  // namespace social::site
