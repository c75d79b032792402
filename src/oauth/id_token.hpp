// The id token: the provider's signed word about who logged in, in this login, at this
// client (OpenID Connect Core 1.0 §3.1.3.7).
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

// By how much the clocks of provider and gateway may differ.
inline constexpr std::int64_t kClockSkew = 60;  // seconds

struct IdTokenRules {
    const Provider& provider;
    const crypto::KeySet& keys;                     // public keys alone
    std::span<const crypto::Algorithm> algorithms;  // that the provider signs with
    std::string_view nonce;                         // of this login
    std::string_view access_token;                  // that came with it
    std::int64_t now = 0;                           // Unix seconds
};

// The claims. provider_rejected, "the provider's id token is not valid", for a token that
// fails any check: signature by a key of the provider with an algorithm that it declares
// (so that neither "none" nor an HMAC under a public key passes, RFC 8725 §3.1), iss, aud,
// azp, exp, iat, nonce, sub, and at_hash where it is there.
[[nodiscard]] Result<base::Json> check_id_token(std::string_view token, const IdTokenRules& rules);

// The `kid` that a token's header claims, nothing proven; empty where there is none.
[[nodiscard]] std::string claimed_kid(std::string_view token);

// What claims say of the user: `sub` and the standard claims of Core 1.0 §5.1.
[[nodiscard]] base::Json profile_of_claims(const base::Json& claims);

}  // namespace social::oauth
