// Extracts the literal prefix of a regular expression. With it, the location of an unparsable
// request target is found.
#pragma once

#include <string>
#include <string_view>

namespace social::base {

// Returns "/api/" for "^/api/(?<name>[a-z]+)/session/". Returns an empty string if there is no
// literal prefix: not anchored, or alternatives outside of parentheses.
[[nodiscard]] std::string regex_literal_prefix(std::string_view expression);

}  // namespace social::base
