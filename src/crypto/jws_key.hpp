// A key for JSON Web Signatures, bound to one algorithm by whoever configured it.
// A token's header never chooses the algorithm (RFC 8725 §3.1).
//
// Made at configuration time (token/keys) or from a provider's key set
// (crypto/jwk). One thread at a time may use a key: see SignatureScheme.
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

inline constexpr std::size_t kMinSecret = 32;  // bytes, for every HMAC algorithm
inline constexpr int kMinRsaBits = 2048;       // RFC 7518 §3.3
inline constexpr int kMaxRsaBits = 8192;       // bounds the time of one check

class JwsKey {
public:
    // bad_request when the algorithm is no HMAC or the secret is too short.
    [[nodiscard]] static Result<JwsKey> from_secret(Algorithm algorithm, std::string_view secret);

    // `pem` is a public or an unencrypted private key. bad_request, saying what is
    // wrong, when it does not fit the algorithm: another type or curve, RSA of an
    // unsafe size.
    [[nodiscard]] static Result<JwsKey> from_pem(Algorithm algorithm, std::string_view pem);

    // The same for a key that is already read.
    [[nodiscard]] static Result<JwsKey> from_pkey(Algorithm algorithm, Pkey key, KeyPart part);

    [[nodiscard]] Algorithm algorithm() const noexcept { return algorithm_; }

    // Names the key in `kid`: 11 characters of base64url, from SHA-256 over the
    // public part (SubjectPublicKeyInfo), or over a hash of the secret.
    [[nodiscard]] const std::string& id() const noexcept { return id_; }

    [[nodiscard]] bool can_sign() const noexcept { return can_sign_; }

    [[nodiscard]] bool verify(const SignedMessage& signed_message) const noexcept {
        return scheme_->verify(signed_message);
    }

    // Throws std::runtime_error when OpenSSL fails, or unless can_sign().
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
    std::unique_ptr<SignatureScheme> scheme_;  // never null, but in a moved-from key
};

}  // namespace social::crypto
