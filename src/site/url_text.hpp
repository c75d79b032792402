// Validates path, query and fragment of origins and redirectUrls. Escapes are decoded for
// validation only; the URL that is sent is the validated text.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace social::site {

// These functions fail with bad_request, and `what` never quotes the text, for:
// 1. octets that are not visible ASCII, or that browsers rewrite;
// 2. malformed escapes;
// 3. escapes of a control character, a slash, a backslash or invalid UTF-8;
// 4. a path that has a dot segment, or that is neither empty nor begins with "/".
[[nodiscard]] Result<void> check_path(std::string_view path);
[[nodiscard]] Result<void> check_query(std::string_view query);
[[nodiscard]] Result<void> check_fragment(std::string_view fragment);

}  // namespace social::site
