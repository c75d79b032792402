// JSON Web Signatures in compact serialization (RFC 7515 §3.1), for bearer tokens and id tokens.
// Only configured and published keys verify them.
//
// These are always refused: JSON serialization, JWE, any number of parts but three, more than
// 16 KiB, and non-canonical base64url. In the header: `alg` none or unknown, `crit`, and duplicate
// members.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/fixed_text.hpp"
#include "crypto/algorithm.hpp"
#include "crypto/jws_key.hpp"

namespace social::crypto {

inline constexpr std::size_t kMaxToken = 16 * 1024;  // bytes

// A decoded signature. Up to 64 bytes are stored inline: HMAC, P-256 and Ed25519 allocate nothing.
class JwsSignature {
public:
    JwsSignature() = default;

    // Returns nullopt if `encoded` is not base64url.
    [[nodiscard]] static std::optional<JwsSignature> decode(std::string_view encoded);

    [[nodiscard]] std::string_view bytes() const noexcept {
        return long_.empty() ? std::string_view(short_) : long_;
    }

private:
    static constexpr std::size_t kShort = 64;

    base::FixedText<kShort> short_;
    std::string long_;  // if longer than kShort
};

// A well-formed token that is not verified yet. The views point into its text.
struct CompactJws {
    Algorithm algorithm{};           // `alg` of the header
    std::optional<std::string> kid;  // `kid` of the header
    std::string_view signing_input;
    std::string_view payload;  // base64url
    JwsSignature signature;
};

// Returns unauthenticated ("Invalid token"), with the reason in `detail`. Throws only
// std::bad_alloc.
[[nodiscard]] Result<CompactJws> read_compact(std::string_view token);

// Returns the payload if `key` signed the token with the key's algorithm. Otherwise returns
// unauthenticated ("Invalid token").
[[nodiscard]] Result<std::string> verify(const CompactJws& jws, const JwsKey& key);

// Signs a token with the header members typ JWT, alg, and kid unless that is empty. Throws as
// JwsKey::sign() does.
struct UnsignedToken {
    std::string_view kid;
    std::string_view payload;
};
[[nodiscard]] std::string sign_compact(const UnsignedToken& token, const JwsKey& key);

// Returns the error of every invalid token. `reason` goes to `detail`.
[[nodiscard]] std::unexpected<Error> invalid_token(std::string_view reason);

}  // namespace social::crypto
