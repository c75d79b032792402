// The claims of a bearer token (RFC 7519 §4.1), judged for one request: what they state was
// read when the signature was checked, which may be long ago.
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
#include "site/site.hpp"
#include "token/stated_claims.hpp"

namespace social::token {

// From social_token_issuer, social_token_audience, social_token_leeway and the sites.
struct ClaimRules {
    std::string issuer{};     // what `iss` must be; empty: not looked at
    std::string audience{};   // what `aud` must be or hold; empty: not looked at
    std::int64_t leeway = 0;  // seconds that clocks may differ
    // The site whose id is `sid`, or nullptr, which makes a token invalid. Without it, any will do.
    std::function<const site::Site*(std::string_view)> find_site{};
};

// Texts are views into what was judged.
struct Claims {
    std::string_view site_id;          // `sid`, 1 to kMaxSiteId bytes
    std::string_view user;             // `sub`, or empty; without control characters, so that it
                                       // may stand in a header of the proxied request
    const site::Site* site = nullptr;  // what find_site gave; nullptr where the rules have none
};

// unauthenticated, "Invalid token" or "Expired token". Never throws but for lack
// of memory. `now` is in Unix seconds.
[[nodiscard]] Result<Claims> judge(const StatedClaims& stated, const ClaimRules& rules,
                                   std::int64_t now);

}  // namespace social::token
