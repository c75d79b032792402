// Validates the claims of a bearer token (RFC 7519 §4.1) for one request. A cached token is
// validated again for each request.
//
// `sid`, the id of the site, and `exp` are required. The expiry is checked last, so "Expired token"
// means valid otherwise. It does not reveal that a token is valid for another issuer, audience or
// site.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "site/site.hpp"
#include "token/parsed_claims.hpp"

namespace social::token {

// From social_token_issuer, social_token_audience, social_token_leeway and the sites.
struct ClaimRules {
    std::string issuer{};     // required `iss`; empty: not checked
    std::string audience{};   // required in `aud`; empty: not checked
    std::int64_t leeway = 0;  // clock skew, in seconds
    // Returns the site with this id, or nullptr, which makes the token invalid. Without it, every
    // id is valid.
    std::function<const site::Site*(std::string_view)> find_site{};
};

// The views point into the ParsedClaims.
struct Claims {
    std::string_view site_id;          // `sid`, 1 to kMaxSiteId bytes
    std::string_view user;             // `sub`, or empty; without control characters, so it is
                                       // safe in a header of the proxied request
    const site::Site* site = nullptr;  // from find_site; nullptr without it
};

// Returns unauthenticated ("Invalid token" or "Expired token") if a claim is wrong. `now` is in
// Unix seconds. Throws only std::bad_alloc.
[[nodiscard]] Result<Claims> validate(const ParsedClaims& parsed, const ClaimRules& rules,
                                      std::int64_t now);

}  // namespace social::token
