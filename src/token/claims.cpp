#include "token/claims.hpp"

#include <algorithm>

#include "crypto/jws.hpp"

namespace social::token {

using crypto::invalid_token;

Result<Claims> validate(const ParsedClaims& parsed, const ClaimRules& rules, std::int64_t now) {
    if (!rules.issuer.empty() && parsed.issuer != rules.issuer) {
        return invalid_token("another issuer");
    }
    // Compares the whole string: a substring is no match (CVE-2024-53861).
    if (!rules.audience.empty() && std::ranges::count(parsed.audience, rules.audience) == 0) {
        return invalid_token("another audience");
    }
    if (!parsed.site) {
        return invalid_token("no site id");
    }
    // A token of a site that was removed from the configuration is invalid.
    const site::Site* site = rules.find_site ? rules.find_site(*parsed.site) : nullptr;
    if (rules.find_site && site == nullptr) {
        return invalid_token("of a site that is not configured");
    }
    if (!parsed.user) {
        return invalid_token("the subject is not plain text");
    }
    // Floating-point, so that leeway and time cannot overflow.
    const auto clock = static_cast<double>(now);
    const auto leeway = static_cast<double>(rules.leeway);
    if (!parsed.not_before || *parsed.not_before > clock + leeway) {
        return invalid_token("not yet valid");
    }
    if (!parsed.expires_at) {
        return invalid_token("no expiration time");
    }
    // The token is invalid "on or after" `exp` (RFC 7519 §4.1.4).
    if (clock >= *parsed.expires_at + leeway) {
        return fail(Kind::unauthenticated, "Expired token");
    }
    return Claims{.site_id = *parsed.site, .user = *parsed.user, .site = site};
}

}  // namespace social::token
