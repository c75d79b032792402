// A site that may use the gateway: one `social_site` block. Sites are made at
// configuration time and read-only after that; a Registry owns them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "site/quota.hpp"
#include "site/users.hpp"

namespace social::site {

// One `origin` of a site: scheme, host and port, and a path below which a
// redirectUrl must lie.
struct Origin {
    std::string scheme;     // "http" or "https"
    std::string host;       // lower case; for `*.example` only "example"
    bool wildcard = false;  // admits exactly one label in front of host
    std::string port;       // decimal, the default port written out
    std::string path;       // "" or "/app" (no slash at the end)
};

struct Site {
    std::string id;
    std::vector<Origin> origins;
    const Users* users = nullptr;  // for the token API; owned by the settings; may be shared
    std::int64_t token_ttl = 900;  // seconds
    std::optional<Quota> quota;
    std::string place;  // "file:line" of the block, for configuration errors
};

}  // namespace social::site
