// What the path, the query and the fragment of an origin or a redirectUrl may
// look like. Escapes are looked at, but never replaced: what was checked is what is sent.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace social::site {

// Each refuses (bad_request, `what` without the text itself): octets that are not
// visible ASCII or that browsers rewrite; malformed escapes; escapes that stand
// for a control character, a slash, a backslash or no UTF-8. A path must be empty or
// begin with "/", and have no dot segment.
[[nodiscard]] Result<void> check_path(std::string_view path);
[[nodiscard]] Result<void> check_query(std::string_view query);
[[nodiscard]] Result<void> check_fragment(std::string_view fragment);

}  // namespace social::site
