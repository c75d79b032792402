// The public URL of the gateway: scheme, authority and an optional path prefix. Redirect URIs and
// links are built from it. Strict parsing prevents injection by the configuration or a Host header.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::site {

// Returns `text` with a lower-case scheme and without trailing slashes. Fails with bad_request
// unless it is an absolute http or https URL without userinfo, query and fragment. `what` names the
// fault.
[[nodiscard]] Result<std::string> parse_public_url(std::string_view text);

// The same for a URL from the Host header of a request. `what` is "Host header required", and
// `detail` names the fault.
[[nodiscard]] Result<std::string> public_url_of_request(std::string_view text);

}  // namespace social::site
