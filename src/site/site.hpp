// A site: one `social_site` block. Sites are made at configuration time and read-only afterwards. A
// Registry owns them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "quota/quota.hpp"
#include "site/users.hpp"

namespace social::site {

// One `origin` of a site: scheme, host, port, and a path prefix for redirectUrls.
struct Origin {
    std::string scheme;     // "http" or "https"
    std::string host;       // lower case; "example" for `*.example`
    bool wildcard = false;  // requires exactly one label in front of `host`
    std::string port;       // decimal; never empty
    std::string path;       // "" or "/app", no trailing slash
};

struct Site {
    std::string id;
    std::vector<Origin> origins;
    const Users* users = nullptr;  // for the token API; the settings own it; may be shared
    std::int64_t token_ttl = 900;  // seconds
    std::optional<Quota> quota;
    std::string place;  // "file:line" of the block, for configuration errors
};

}  // namespace social::site
