#include "crypto/jws_key.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <utility>

#include "base/base64.hpp"
#include "crypto/digest.hpp"
#include "crypto/hmac_scheme.hpp"

namespace social::crypto {
namespace {

using Bio = std::unique_ptr<BIO, EvpDelete<BIO_free>>;

constexpr std::size_t kIdBytes = 8;

std::string key_id(std::string_view identity) {
    const Sha256Digest digest = sha256(identity);
    return base::base64url_encode(as_text(digest).substr(0, kIdBytes));
}

// Hashes twice and with a label, so that the id matches no other hash of the secret.
std::string secret_id(std::string_view secret) {
    std::string labeled = "nginx-social token key v1";
    labeled += as_text(sha256(secret));
    return key_id(labeled);
}

std::string public_id(const EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    require(size > 0, "OpenSSL cannot write a public key");
    std::string id = key_id({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return id;
}

std::unexpected<Error> unusable_key(std::string_view what, const AlgorithmFacts& algorithm) {
    return fail(Kind::bad_request, what, std::string(algorithm.name));
}

// With exponent 1 every message is its signature; an even exponent is invalid.
bool has_usable_exponent(const EVP_PKEY* key) {
    BIGNUM* exponent = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) {
        return false;
    }
    const Bignum owned(exponent);
    return BN_is_odd(exponent) == 1 && BN_is_one(exponent) == 0;
}

Result<void> check_rsa(const AlgorithmFacts& algorithm, const EVP_PKEY* key) {
    const bool fits = EVP_PKEY_is_a(key, "RSA") == 1 ||
                      (algorithm.family == Family::rsa_pss && EVP_PKEY_is_a(key, "RSA-PSS") == 1);
    if (!fits) {
        return unusable_key("the key is no RSA key", algorithm);
    }
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < kMinRsaBits) {
        return unusable_key("the RSA key has fewer than 2048 bits", algorithm);
    }
    if (bits > kMaxRsaBits) {
        return unusable_key("the RSA key has more than 8192 bits", algorithm);
    }
    if (!has_usable_exponent(key)) {
        return unusable_key("the RSA key has an unsafe exponent", algorithm);
    }
    return {};
}

Result<void> check_fit(const AlgorithmFacts& algorithm, const EVP_PKEY* key) {
    switch (algorithm.family) {
        case Family::rsa:
        case Family::rsa_pss:
            return check_rsa(algorithm, key);
        case Family::ecdsa: {
            std::array<char, 32> group{};
            if (EVP_PKEY_is_a(key, "EC") != 1) {
                return unusable_key("the key is no elliptic curve key", algorithm);
            }
            if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                               group.size(), nullptr) != 1 ||
                std::string_view(group.data()) != algorithm.group) {
                return unusable_key("the key is on another curve", algorithm);
            }
            return {};
        }
        case Family::eddsa:
            if (EVP_PKEY_is_a(key, "ED25519") != 1) {
                return unusable_key("the key is no Ed25519 key", algorithm);
            }
            return {};
        case Family::hmac:
            break;
    }
    return unusable_key("the algorithm takes a secret, not a key pair", algorithm);
}

// Without a callback, OpenSSL prompts for a passphrase on the terminal.
int on_passphrase(char*, int, int, void*) noexcept {
    return -1;
}

Pkey read_pem(std::string_view pem, KeyPart part) {
    const Bio text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    require(text != nullptr, "OpenSSL cannot create a memory BIO");
    const auto read = part == KeyPart::whole ? PEM_read_bio_PrivateKey : PEM_read_bio_PUBKEY;
    return Pkey(read(text.get(), nullptr, on_passphrase, nullptr));
}

}  // namespace

Result<JwsKey> JwsKey::from_secret(Algorithm algorithm, std::string_view secret) {
    const AlgorithmFacts& row = facts(algorithm);
    if (row.family != Family::hmac) {
        return unusable_key("the algorithm takes a PEM key, not a secret", row);
    }
    // Refuses a public key as an HMAC secret: everybody who has it could sign (RFC 8725 §2.1).
    if (secret.find("-----BEGIN ") != std::string_view::npos) {
        return unusable_key("the algorithm takes a secret, not a PEM key", row);
    }
    if (secret.size() < kMinSecret) {
        return unusable_key("the secret has fewer than 32 bytes", row);
    }
    return JwsKey(algorithm, secret_id(secret), make_hmac_scheme(row, secret), true);
}

Result<JwsKey> JwsKey::from_pem(Algorithm algorithm, std::string_view pem) {
    constexpr std::size_t kMaxBytes = 64 * 1024;
    const ErrorMark mark;
    const AlgorithmFacts& row = facts(algorithm);
    if (pem.size() > kMaxBytes) {
        return unusable_key("the file is no PEM key", row);
    }
    for (const KeyPart part : {KeyPart::whole, KeyPart::public_part}) {
        if (Pkey key = read_pem(pem, part)) {
            return from_pkey(algorithm, std::move(key), part);
        }
    }
    return unusable_key("the file holds no PEM key, or an encrypted one", row);
}

Result<JwsKey> JwsKey::from_pkey(Algorithm algorithm, Pkey key, KeyPart part) {
    const ErrorMark mark;
    const AlgorithmFacts& row = facts(algorithm);
    if (auto fits = check_fit(row, key.get()); !fits) {
        return std::unexpected(std::move(fits.error()));
    }
    std::string id = public_id(key.get());
    std::unique_ptr<SignatureScheme> scheme;
    if (row.family == Family::eddsa) {
        scheme = std::make_unique<EddsaScheme>(std::move(key), part);
    } else {
        scheme = DigestScheme::make(row, std::move(key), part);
    }
    if (scheme == nullptr) {
        return unusable_key("the RSA-PSS key is bound to other parameters", row);
    }
    return JwsKey(algorithm, std::move(id), std::move(scheme), part == KeyPart::whole);
}

}  // namespace social::crypto
