#include "site/open_windows.hpp"

namespace social::site {

const WindowSpan& OpenWindows::at(const Site& site, std::int64_t now) {
    const auto [entry, fresh] = known_.try_emplace(&site);
    Known& known = entry->second;
    // A clock that was set back may be in a window of the past again.
    if (fresh || now >= known.span.closes || now < known.since) {
        known = {.span = site.quota->window.span_at(now), .since = now};
    }
    return known.span;
}

}  // namespace social::site
