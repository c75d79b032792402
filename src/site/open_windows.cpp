#include "site/open_windows.hpp"

#include "site/quota_fields.hpp"

namespace social::site {

OpenWindow open_window(const Site& site, std::int64_t now) {
    const WindowSpan span = site.quota->window.span_at(now);
    return {.span = span,
            .policy = rate_limit_policy(
                {.site = site.id, .limit = site.quota->limit, .length = span.length()}),
            .since = now};
}

const OpenWindow& OpenWindows::at(const Site& site, std::int64_t now) {
    const auto [entry, fresh] = known_.try_emplace(&site);
    OpenWindow& known = entry->second;
    // A clock that was set back may be in a window of the past again.
    if (fresh || now >= known.span.closes || now < known.since) {
        known = open_window(site, now);
    }
    return known;
}

}  // namespace social::site
