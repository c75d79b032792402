#include "token/issue.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "base/utf8.hpp"
#include "crypto/jws.hpp"
#include "token/claims.hpp"

namespace social::token {
namespace {

using base::Json;

constexpr std::size_t kTokenIdBytes = 16;  // `jti`: 128 random bits

// Refuses text that validate() would refuse in a token.
bool is_text(std::string_view text) noexcept {
    return base::is_utf8(text) && std::ranges::none_of(text, base::is_control);
}

std::string payload_of(const TokenRequest& grant) {
    Json claims = Json::object();
    if (!grant.issuer.empty()) {
        claims.set("iss", grant.issuer);
    }
    if (!grant.audience.empty()) {
        claims.set("aud", grant.audience);
    }
    claims.set("sub", grant.user);
    claims.set("sid", grant.site);
    claims.set("iat", Json::integer(grant.now));
    claims.set("nbf", Json::integer(grant.now));
    claims.set("exp", Json::integer(grant.now + grant.lifetime));
    claims.set("jti", base::random_base64url(kTokenIdBytes));
    return claims.dump();
}

}  // namespace

Result<std::string> issue(const TokenRequest& grant, const TokenKeys& keys) {
    const crypto::JwsKey* key = keys.signer();
    if (key == nullptr) {
        return fail(Kind::internal, "no token key can sign");
    }
    const bool carried = is_text(grant.issuer) && is_text(grant.audience) && is_text(grant.user) &&
                         is_text(grant.site) && !grant.site.empty() &&
                         grant.site.size() <= kMaxSiteId;
    if (!carried) {
        return fail(Kind::bad_request, "issuer, audience, user or site is no valid claim");
    }
    return crypto::sign_compact({.kid = key->id(), .payload = payload_of(grant)}, *key);
}

}  // namespace social::token
