// A key for JSON Web Signatures, bound to one algorithm by the configuration. The header of a token
// never chooses the algorithm (RFC 8725 §3.1).
//
// Keys are made at configuration time (token/keys) or from a provider's key set (crypto/jwk). They
// are not thread-safe: see SignatureScheme.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "crypto/algorithm.hpp"
#include "crypto/evp.hpp"
#include "crypto/pkey_scheme.hpp"
#include "crypto/signature_scheme.hpp"

namespace social::crypto {

inline constexpr std::size_t kMinSecret = 32;  // bytes, for each HMAC algorithm
inline constexpr int kMinRsaBits = 2048;       // RFC 7518 §3.3
inline constexpr int kMaxRsaBits = 8192;       // bounds the time of one verification

class JwsKey {
public:
    // Returns bad_request if the algorithm is no HMAC or the secret is too short.
    [[nodiscard]] static Result<JwsKey> from_secret(Algorithm algorithm, std::string_view secret);

    // `pem` is a public key or an unencrypted private key. Returns bad_request with the reason if
    // it does not fit the algorithm: another type, curve or RSA size.
    [[nodiscard]] static Result<JwsKey> from_pem(Algorithm algorithm, std::string_view pem);

    // Like from_pem(), for a parsed key.
    [[nodiscard]] static Result<JwsKey> from_pkey(Algorithm algorithm, Pkey key, KeyPart part);

    [[nodiscard]] Algorithm algorithm() const noexcept { return algorithm_; }

    // The `kid`: 11 characters of base64url. They are from SHA-256 of the SubjectPublicKeyInfo, or
    // of a hash of the secret.
    [[nodiscard]] const std::string& id() const noexcept { return id_; }

    [[nodiscard]] bool can_sign() const noexcept { return can_sign_; }

    [[nodiscard]] bool verify(const SignedMessage& signed_message) const noexcept {
        return scheme_->verify(signed_message);
    }

    // Throws std::runtime_error if OpenSSL fails or can_sign() is false.
    [[nodiscard]] std::string sign(std::string_view message) const {
        return scheme_->sign(message);
    }

private:
    JwsKey(Algorithm algorithm, std::string id, std::unique_ptr<SignatureScheme> scheme,
           bool can_sign) noexcept
        : algorithm_(algorithm),
          can_sign_(can_sign),
          id_(std::move(id)),
          scheme_(std::move(scheme)) {}

    Algorithm algorithm_;
    bool can_sign_;
    std::string id_;
    std::unique_ptr<SignatureScheme> scheme_;  // null only after a move
};

}  // namespace social::crypto
