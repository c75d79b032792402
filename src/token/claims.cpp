#include "token/claims.hpp"

#include <algorithm>

#include "crypto/jws.hpp"

namespace social::token {

using crypto::invalid_token;

Result<Claims> judge(const StatedClaims& stated, const ClaimRules& rules, std::int64_t now) {
    if (!rules.issuer.empty() && stated.issuer != rules.issuer) {
        return invalid_token("another issuer");
    }
    // Compares the whole string: a substring is no match (CVE-2024-53861).
    if (!rules.audience.empty() && std::ranges::count(stated.audience, rules.audience) == 0) {
        return invalid_token("another audience");
    }
    if (!stated.site) {
        return invalid_token("no site id");
    }
    // A token of a site that was removed from the configuration is invalid.
    const site::Site* site = rules.find_site ? rules.find_site(*stated.site) : nullptr;
    if (rules.find_site && site == nullptr) {
        return invalid_token("of a site that is not configured");
    }
    if (!stated.user) {
        return invalid_token("the subject is not plain text");
    }
    // Floating-point, so that leeway and time cannot overflow.
    const auto clock = static_cast<double>(now);
    const auto leeway = static_cast<double>(rules.leeway);
    if (!stated.begins || *stated.begins > clock + leeway) {
        return invalid_token("not yet valid");
    }
    if (!stated.ends) {
        return invalid_token("no expiration time");
    }
    // The token is invalid "on or after" `exp` (RFC 7519 §4.1.4).
    if (clock >= *stated.ends + leeway) {
        return fail(Kind::unauthenticated, "Expired token");
    }
    return Claims{.site_id = *stated.site, .user = *stated.user, .site = site};
}

}  // namespace social::token
