// Where a login returns to: the redirectUrl of a request to /{p}/auth, admitted by the site that
// it belongs to.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "site/registry.hpp"
#include "site/site.hpp"

namespace social::site {

struct Destination {
    const Site* site = nullptr;  // of the registry
    std::string return_to;       // the redirectUrl as it was admitted
};

// By a raw query string, without "?". wrong_site for one without a redirectUrl that the
// grammar and a site admit.
[[nodiscard]] Result<Destination> find_destination(const Registry& sites, std::string_view query);

}  // namespace social::site
