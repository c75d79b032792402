// Public-key signatures with EVP_PKEY: RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 7518 §3.3, §3.5),
// ECDSA (RFC 7518 §3.4) and Ed25519 (RFC 8037). Only crypto/jws_key creates them, after it has
// checked the key.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/algorithm.hpp"
#include "crypto/evp.hpp"
#include "crypto/signature_scheme.hpp"

namespace social::crypto {

enum class KeyPart : std::uint8_t { public_part, whole };  // whole: includes the private part

// RSA and ECDSA sign a digest of the message.
class DigestScheme final : public SignatureScheme {
public:
    // `algorithm` must be static. Returns nullptr if the key does not allow the algorithm: an
    // RSA-PSS key may be bound to other parameters.
    [[nodiscard]] static std::unique_ptr<DigestScheme> make(const AlgorithmFacts& algorithm,
                                                            Pkey key, KeyPart part);

    [[nodiscard]] bool verify(const SignedMessage& signed_message) const noexcept override;
    [[nodiscard]] std::string sign(std::string_view message) const override;

private:
    DigestScheme(const AlgorithmFacts& algorithm, Pkey key);

    using Hash = std::array<std::uint8_t, 64>;  // room for SHA-512

    [[nodiscard]] bool hash(std::string_view message, Hash& out) const noexcept;
    [[nodiscard]] std::string sign_hash(const Hash& hash) const;

    const AlgorithmFacts& algorithm_;
    Pkey key_;
    Digest digest_;
    DigestContext hashing_;
    PkeyContext verifying_;
    PkeyContext signing_;  // null for a public key
};

// Ed25519 signs the message itself.
class EddsaScheme final : public SignatureScheme {
public:
    EddsaScheme(Pkey key, KeyPart part) noexcept : key_(std::move(key)), part_(part) {}

    [[nodiscard]] bool verify(const SignedMessage& signed_message) const noexcept override;
    [[nodiscard]] std::string sign(std::string_view message) const override;

private:
    Pkey key_;
    KeyPart part_;
};

}  // namespace social::crypto
