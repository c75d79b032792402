// One-call SHA-256, HMAC and lower-case hex: for store keys, PKCE, appsecret_proof and OAuth 1.0a
// signatures. crypto/jws_key verifies tokens, with prepared keys.
//
// All but sha256() throw std::runtime_error if OpenSSL fails.
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
[[nodiscard]] Sha1Digest sha1(std::string_view bytes);  // for the names of Redis scripts only

// RFC 2104. The members are named, since key and message are easily swapped.
struct HmacInput {
    std::string_view key;
    std::string_view message;
};
[[nodiscard]] Sha1Digest hmac_sha1(const HmacInput& input);  // for RFC 5849 §3.4.2 only
[[nodiscard]] Sha256Digest hmac_sha256(const HmacInput& input);

// Two lower-case digits per byte.
[[nodiscard]] std::string hex(std::span<const std::uint8_t> bytes);
void append_hex(std::string& out, std::span<const std::uint8_t> bytes);

// Views a digest, key id or nonce as text. The view lives as long as `bytes`.
[[nodiscard]] inline std::string_view as_text(std::span<const std::uint8_t> bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace social::crypto
