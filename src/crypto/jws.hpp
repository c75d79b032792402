// JSON Web Signatures in compact form (RFC 7515 §3.1), as bearer tokens and
// id tokens come: read strictly, checked only with a key that is known before.
//
// Refused whatever the key: more or less than three parts, JSON serialization,
// JWE, `alg` none or unknown, `crit`, a duplicate member, base64url that is not
// canonical, more than 16 KiB.
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

// The bytes of a signature. Those of an HMAC, of P-256 and of Ed25519 take no memory.
class JwsSignature {
public:
    JwsSignature() = default;

    // Nothing where `encoded` is not base64url.
    [[nodiscard]] static std::optional<JwsSignature> decode(std::string_view encoded);

    [[nodiscard]] std::string_view bytes() const noexcept {
        return long_.empty() ? std::string_view(short_) : long_;
    }

private:
    static constexpr std::size_t kShort = 64;

    base::FixedText<kShort> short_;
    std::string long_;  // a longer one
};

// A token that has the right shape; nothing is proven of it yet. The views point
// into the text that was read.
struct CompactJws {
    Algorithm algorithm{};           // what the header claims
    std::optional<std::string> kid;  // the same
    std::string_view signing_input;
    std::string_view payload;  // still encoded
    JwsSignature signature;
};

// unauthenticated, "Invalid token", with the reason in detail. Never throws but
// for lack of memory.
[[nodiscard]] Result<CompactJws> read_compact(std::string_view token);

// The payload of a token that `key` signed with its own algorithm;
// unauthenticated, "Invalid token", otherwise.
[[nodiscard]] Result<std::string> verify(const CompactJws& jws, const JwsKey& key);

// The token for `payload` under a header of typ JWT, the key's algorithm and `kid`
// (left out where empty). Throws as JwsKey::sign().
struct Unsigned {
    std::string_view kid;
    std::string_view payload;
};
[[nodiscard]] std::string sign_compact(const Unsigned& token, const JwsKey& key);

// The one error that a bad token has, whatever is wrong with it.
[[nodiscard]] std::unexpected<Error> invalid_token(std::string_view reason);

}  // namespace social::crypto
