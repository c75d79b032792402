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
    const auto entry = known_.find(&site);
    if (entry == known_.end()) {
        return known_.emplace(&site, open_window(site, now)).first->second;
    }
    OpenWindow& known = entry->second;
    // After the clock was set back, an earlier window may be the current one.
    if (now >= known.span.closes || now < known.since) {
        known = open_window(site, now);
    }
    return known;
}

}  // namespace social::site
