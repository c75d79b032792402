// One `origin` of a site: parsed at configuration time, and compared with the redirectUrl at every
// login.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "site/redirect_url.hpp"
#include "site/site.hpp"

namespace social::site {

// Parses http[s]://host[:port][/path]. "*." in front of the host is a wildcard for exactly one
// label. Fails with bad_request: `what` names fault and remedy, and `detail` is the value.
[[nodiscard]] Result<Origin> parse_origin(std::string_view text);

// The text form of the configuration, without a default port.
[[nodiscard]] std::string to_text(const Origin& origin);

// True if `path` is `scope` or below it. An empty scope contains every path.
[[nodiscard]] bool path_within(std::string_view path, std::string_view scope) noexcept;

// True if the redirectUrl is within the origin.
[[nodiscard]] bool admits(const Origin& origin, const RedirectUrl& url) noexcept;

}  // namespace social::site
