#include "crypto/pkey_scheme.hpp"

#include <openssl/rsa.h>

#include "crypto/ecdsa_form.hpp"

namespace social::crypto {
namespace {

constexpr std::size_t kEd25519Signature = 64;

const std::uint8_t* octets(std::string_view bytes) noexcept {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

std::uint8_t* octets(std::string& bytes) noexcept {
    return reinterpret_cast<std::uint8_t*>(bytes.data());
}

using Start = int (*)(EVP_PKEY_CTX*);

// Returns a reusable context, or nullptr if the key does not allow the algorithm.
PkeyContext prepare(const AlgorithmFacts& algorithm, const EVP_MD* digest, EVP_PKEY* key,
                    Start start) {
    PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    bool done = context != nullptr && start(context.get()) == 1;
    if (algorithm.family == Family::rsa) {
        done = done && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1;
    }
    if (algorithm.family == Family::rsa_pss) {
        // The salt has the length of the digest, and MGF1 uses the same digest (RFC 7518 §3.5).
        done = done && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digest) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    done = done && EVP_PKEY_CTX_set_signature_md(context.get(), digest) == 1;
    return done ? std::move(context) : nullptr;
}

}  // namespace

DigestScheme::DigestScheme(const AlgorithmFacts& algorithm, Pkey key)
    : algorithm_(algorithm),
      key_(std::move(key)),
      digest_(EVP_MD_fetch(nullptr, algorithm.digest, nullptr)),
      hashing_(EVP_MD_CTX_new()) {
    require(digest_ != nullptr && hashing_ != nullptr, "OpenSSL lacks the digest of an algorithm");
}

std::unique_ptr<DigestScheme> DigestScheme::make(const AlgorithmFacts& algorithm, Pkey key,
                                                 KeyPart part) {
    std::unique_ptr<DigestScheme> scheme(new DigestScheme(algorithm, std::move(key)));
    const EVP_MD* digest = scheme->digest_.get();
    EVP_PKEY* pkey = scheme->key_.get();
    scheme->verifying_ = prepare(algorithm, digest, pkey, EVP_PKEY_verify_init);
    if (part == KeyPart::whole) {
        scheme->signing_ = prepare(algorithm, digest, pkey, EVP_PKEY_sign_init);
    }
    const bool usable = scheme->verifying_ != nullptr &&
                        (part == KeyPart::public_part || scheme->signing_ != nullptr);
    return usable ? std::move(scheme) : nullptr;
}

bool DigestScheme::hash(std::string_view message, Hash& out) const noexcept {
    return EVP_DigestInit_ex2(hashing_.get(), digest_.get(), nullptr) == 1 &&
           EVP_DigestUpdate(hashing_.get(), message.data(), message.size()) == 1 &&
           EVP_DigestFinal_ex(hashing_.get(), out.data(), nullptr) == 1;
}

bool DigestScheme::verify(const SignedMessage& signed_message) const noexcept {
    const ErrorMark mark;
    Hash digest{};
    if (!hash(signed_message.message, digest)) {
        return false;
    }
    std::string_view signature = signed_message.signature;
    EcdsaDer der;
    if (algorithm_.family == Family::ecdsa) {
        if (!to_der(signature, algorithm_.coordinate, der)) {
            return false;
        }
        signature = der.view();
    } else if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()))) {
        return false;  // exactly k octets (RFC 8017 §8.1.2 and §8.2.2, step 1)
    }
    return EVP_PKEY_verify(verifying_.get(), octets(signature), signature.size(), digest.data(),
                           algorithm_.digest_size) == 1;
}

std::string DigestScheme::sign_hash(const Hash& hash) const {
    std::size_t size = 0;
    bool done =
        EVP_PKEY_sign(signing_.get(), nullptr, &size, hash.data(), algorithm_.digest_size) == 1;
    std::string signature(size, '\0');
    done = done && EVP_PKEY_sign(signing_.get(), octets(signature), &size, hash.data(),
                                 algorithm_.digest_size) == 1;
    require(done, "OpenSSL failed to sign");
    signature.resize(size);
    return signature;
}

std::string DigestScheme::sign(std::string_view message) const {
    const ErrorMark mark;
    require(signing_ != nullptr, "a public key cannot sign");
    Hash digest{};
    require(hash(message, digest), "OpenSSL failed to hash");
    std::string signature = sign_hash(digest);
    if (algorithm_.family == Family::ecdsa) {
        return from_der(signature, algorithm_.coordinate);
    }
    return signature;
}

bool EddsaScheme::verify(const SignedMessage& signed_message) const noexcept {
    const ErrorMark mark;
    const std::string_view message = signed_message.message;
    const std::string_view signature = signed_message.signature;
    const DigestContext context(EVP_MD_CTX_new());
    return signature.size() == kEd25519Signature && context != nullptr &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
           EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message),
                            message.size()) == 1;
}

std::string EddsaScheme::sign(std::string_view message) const {
    const ErrorMark mark;
    require(part_ == KeyPart::whole, "a public key cannot sign");
    std::string signature(kEd25519Signature, '\0');
    std::size_t size = signature.size();
    const DigestContext context(EVP_MD_CTX_new());
    const bool done =
        context != nullptr &&
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
        EVP_DigestSign(context.get(), octets(signature), &size, octets(message), message.size()) ==
            1 &&
        size == signature.size();
    require(done, "OpenSSL failed to sign");
    return signature;
}

}  // namespace social::crypto
