// SHA-256 and HMAC as one call each, and the lower-case hex that both are often
// written in. For store keys, PKCE, appsecret_proof and OAuth 1.0a signatures;
// tokens are checked with crypto/jws_key, which keeps its keys prepared.
//
// But for sha256(), they throw std::runtime_error when OpenSSL itself fails, and only then.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "crypto/sha2.hpp"

namespace social::crypto {

using Sha1Digest = std::array<std::uint8_t, 20>;
using Sha256Digest = Sha256::Digest;

[[nodiscard]] Sha256Digest sha256(std::string_view bytes) noexcept;
[[nodiscard]] Sha1Digest sha1(std::string_view bytes);  // names scripts to Redis, nothing else

// RFC 2104. Named members, since key and message are easily exchanged.
struct HmacInput {
    std::string_view key;
    std::string_view message;
};
[[nodiscard]] Sha1Digest hmac_sha1(const HmacInput& input);  // RFC 5849 §3.4.2 alone
[[nodiscard]] Sha256Digest hmac_sha256(const HmacInput& input);

[[nodiscard]] std::string hex(std::span<const std::uint8_t> bytes);
void append_hex(std::string& out, std::span<const std::uint8_t> bytes);

// The bytes of a digest (or key id, or nonce) as a view for text interfaces.
[[nodiscard]] inline std::string_view as_text(std::span<const std::uint8_t> bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace social::crypto
