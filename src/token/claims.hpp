// The claims of a bearer token (RFC 7519 §4.1): read from a payload whose signature
// was checked before, and judged.
//
// `sid`, the id of the site, and `exp` are required. The age is judged last: a token
// is called expired only when everything else about it is right, so that nobody
// learns from the answer that a token was good for another issuer, audience or site.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::token {

inline constexpr std::size_t kMaxSiteId = 128;  // bytes of `sid`

// From social_token_issuer, social_token_audience, social_token_leeway and the sites.
struct ClaimRules {
    std::string issuer{};     // what `iss` must be; empty: not looked at
    std::string audience{};   // what `aud` must be or hold; empty: not looked at
    std::int64_t leeway = 0;  // seconds that clocks may differ
    std::function<bool(std::string_view)> knows_site{};  // whether `sid` exists; may be empty
};

struct Claims {
    std::string site;  // `sid`, 1 to kMaxSiteId bytes
    std::string user;  // `sub`, or empty; without control characters, so that it may
                       // stand in a header of the proxied request
};

// unauthenticated, "Invalid token" or "Expired token". Never throws but for lack
// of memory. `now` is in Unix seconds.
[[nodiscard]] Result<Claims> read_claims(std::string_view payload, const ClaimRules& rules,
                                         std::int64_t now);

}  // namespace social::token
