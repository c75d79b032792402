// What browsers know the gateway by: the scheme and authority of its own URLs, and a
// path where it is mounted below one. Redirect URIs and links are made of it, so that
// neither the operator nor a Host header can put anything else into them.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::site {

// `text` with its scheme in lower case and without slashes at its end. bad_request unless it is an
// absolute http or https URL without user part, query and fragment; `what` says what is wrong.
[[nodiscard]] Result<std::string> parse_public_url(std::string_view text);

// The same while a request is served, when it is the Host header that may be wrong: `what` says
// that, and `detail` the rest.
[[nodiscard]] Result<std::string> public_url_of_request(std::string_view text);

}  // namespace social::site
