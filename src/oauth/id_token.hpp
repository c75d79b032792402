// Validation of the ID token (OpenID Connect Core 1.0 §3.1.3.7).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/key_set.hpp"
#include "oauth/provider.hpp"

namespace social::oauth {

// Tolerated difference between the clocks of provider and gateway.
inline constexpr std::int64_t kClockSkew = 60;  // seconds

struct IdTokenRules {
    const Provider& provider;
    const crypto::KeySet& keys;                     // public keys only
    std::span<const crypto::Algorithm> algorithms;  // declared by the provider
    std::string_view nonce;                         // of this login
    std::string_view access_token;                  // from the same token response
    std::int64_t now = 0;                           // Unix seconds
};

// Returns the claims. Fails with provider_rejected, "the provider's id token is not valid", if one
// of these checks fails:
// 1. The signature is by a key of the provider, with an algorithm that the provider declares. This
//    excludes "none" and HMAC with a public key (RFC 8725 §3.1).
// 2. iss, aud, azp, exp, iat, nonce and sub are valid.
// 3. at_hash, if present, matches the access token.
[[nodiscard]] Result<base::Json> check_id_token(std::string_view token, const IdTokenRules& rules);

// The `kid` of the token's header, not verified. Empty if there is none.
[[nodiscard]] std::string claimed_kid(std::string_view token);

// The profile: `sub` and the other standard claims of Core 1.0 §5.1.
[[nodiscard]] base::Json profile_of_claims(const base::Json& claims);

}  // namespace social::oauth
