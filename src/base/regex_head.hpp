// The literal text that everything a regular expression matches begins with: what a
// configured location says about request targets that nginx could not parse.
#pragma once

#include <string>
#include <string_view>

namespace social::base {

// "/api/" of "^/api/(?<name>[a-z]+)/session/". Empty where there is no such text, also for an
// expression that is not anchored, or has alternatives outside of parentheses.
[[nodiscard]] std::string regex_head(std::string_view expression);

}  // namespace social::base
