// One `origin` value of a site: read at configuration time, compared with a
// redirectUrl at every login.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "site/redirect_url.hpp"
#include "site/site.hpp"

namespace social::site {

// https://host[:port][/path], or the same with "*." in front of the host, which
// stands for exactly one label. bad_request with `what` naming fault and remedy
// and `detail` holding the value.
[[nodiscard]] Result<Origin> parse_origin(std::string_view text);

// As an operator would write it, without the default port.
[[nodiscard]] std::string to_text(const Origin& origin);

// True where `path` is `scope` or lies below it. An empty scope holds every path.
[[nodiscard]] bool path_within(std::string_view path, std::string_view scope) noexcept;

// True where the redirectUrl belongs to the origin.
[[nodiscard]] bool admits(const Origin& origin, const RedirectUrl& url) noexcept;

}  // namespace social::site
