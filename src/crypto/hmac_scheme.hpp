// HS256, HS384 and HS512 (RFC 7518 §3.2).
//
// What the key comes to in HMAC (RFC 2104 §2) is hashed once: a check goes on from there, which
// costs less than EVP_MAC does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/algorithm.hpp"
#include "crypto/evp.hpp"
#include "crypto/signature_scheme.hpp"

namespace social::crypto {

class HmacScheme final : public SignatureScheme {
public:
    // Throws std::runtime_error when OpenSSL fails.
    HmacScheme(const AlgorithmFacts& algorithm, std::string_view secret);

    [[nodiscard]] bool verify(const SignedMessage& signed_message) const noexcept override;
    [[nodiscard]] std::string sign(std::string_view message) const override;

private:
    using Tag = std::array<std::uint8_t, 64>;  // room for SHA-512

    [[nodiscard]] bool compute(std::string_view message, Tag& tag) const noexcept;

    std::size_t size_;
    Digest digest_;
    DigestContext inner_;  // has hashed the key under the inner pad
    DigestContext outer_;  // and this one under the outer pad
    DigestContext running_;
};

}  // namespace social::crypto
