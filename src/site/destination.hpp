// The validated redirectUrl of a request to /{provider}/auth, and its site.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "site/registry.hpp"
#include "site/site.hpp"

namespace social::site {

struct Destination {
    const Site* site = nullptr;  // owned by the registry
    std::string return_to;       // the redirectUrl in its validated form
};

// `query` is the raw query string, without "?". Fails with wrong_site if the redirectUrl is missing
// or invalid, or matches no site's origin.
[[nodiscard]] Result<Destination> find_destination(const Registry& sites, std::string_view query);

}  // namespace social::site
