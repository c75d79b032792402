#include "crypto/jws_key.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <array>
#include <set>
#include <string>
#include <vector>
#include "catch.hpp"

#include "crypto/evp.hpp"
#include "crypto/jws.hpp"

using namespace social;
using namespace social::crypto;

namespace {

struct Pem {
    std::string private_key;
    std::string public_key;
};

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

Pem write(EVP_PKEY* made) {
    const Pkey key(made);
    REQUIRE(key != nullptr);
    Pem pem;
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    pem.private_key = text_of(bio);
    BIO_free(bio);
    bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(bio, key.get());
    pem.public_key = text_of(bio);
    BIO_free(bio);
    return pem;
}

Pem make_rsa(std::size_t bits) {
    return write(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
}
Pem make_ec(const char* curve) {
    return write(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
}
Pem make_named(const char* type) {
    return write(EVP_PKEY_Q_keygen(nullptr, nullptr, type));
}

// Generated once: RSA keys are slow to generate.
const Pem& rsa() {
    static const Pem pem = make_rsa(2048);
    return pem;
}
const Pem& p256() {
    static const Pem pem = make_ec("P-256");
    return pem;
}
const Pem& ed25519() {
    static const Pem pem = make_named("ED25519");
    return pem;
}

const Pem& pem_for(Algorithm algorithm) {
    static const Pem p384 = make_ec("P-384");
    static const Pem p521 = make_ec("P-521");
    switch (algorithm) {
        case Algorithm::es256:
            return p256();
        case Algorithm::es384:
            return p384;
        case Algorithm::es512:
            return p521;
        case Algorithm::eddsa:
            return ed25519();
        default:
            return rsa();
    }
}

const std::vector<Algorithm> kHmac = {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512};
const std::vector<Algorithm> kPublicKey = {
    Algorithm::rs256, Algorithm::rs384, Algorithm::rs512, Algorithm::ps256, Algorithm::ps384,
    Algorithm::ps512, Algorithm::es256, Algorithm::es384, Algorithm::es512, Algorithm::eddsa};

std::string why_not(Algorithm algorithm, const std::string& pem) {
    const auto key = JwsKey::from_pem(algorithm, pem);
    CHECK(ERR_peek_error() == 0);
    if (key) {
        return "";
    }
    CHECK(key.error().kind == Kind::bad_request);
    CHECK(key.error().detail == facts(algorithm).name);
    return std::string(key.error().what);
}

}  // namespace

TEST_CASE("every public-key algorithm signs with the private key and verifies with the public",
          "[crypto]") {
    for (const Algorithm algorithm : kPublicKey) {
        INFO(facts(algorithm).name);
        const auto signing = JwsKey::from_pem(algorithm, pem_for(algorithm).private_key);
        const auto verifying = JwsKey::from_pem(algorithm, pem_for(algorithm).public_key);
        REQUIRE((signing && verifying));
        CHECK(signing->can_sign());
        CHECK_FALSE(verifying->can_sign());
        CHECK_THROWS(verifying->sign("x"));
        for (const std::string& message :
             {std::string("message"), std::string(), std::string(5000, 'x')}) {
            std::string signature = signing->sign(message);
            CHECK(verifying->verify({.message = message, .signature = signature}));
            CHECK(signing->verify({.message = message, .signature = signature}));
            CHECK_FALSE(verifying->verify({.message = message + "x", .signature = signature}));
            signature[signature.size() / 2] ^= 1;
            CHECK_FALSE(verifying->verify({.message = message, .signature = signature}));
            CHECK_FALSE(verifying->verify({.message = message, .signature = ""}));
            CHECK_FALSE(
                verifying->verify({.message = message, .signature = signature + signature}));
        }
        CHECK(ERR_peek_error() == 0);
    }
}

TEST_CASE("an HMAC tag has the length of its algorithm and is refused when truncated", "[crypto]") {
    std::size_t size = 32;
    for (const Algorithm algorithm : kHmac) {
        const auto key = JwsKey::from_secret(algorithm, std::string(32, 's'));
        REQUIRE(key);
        CHECK(key->can_sign());
        const std::string tag = key->sign("message");
        CHECK(tag.size() == size);
        for (std::size_t part = 0; part < size; ++part) {
            CHECK_FALSE(key->verify({.message = "message", .signature = tag.substr(0, part)}));
        }
        CHECK_FALSE(key->verify({.message = "message", .signature = tag + "x"}));
        CHECK(key->verify({.message = "message", .signature = tag}));
        CHECK(key->sign("message") == tag);
        size += 16;
    }
}

// Values from OpenSSL's HMAC and RFC 4231 §4.7: a block is 64 or 128 bytes.
TEST_CASE("an HMAC tag follows RFC 2104 for secrets shorter and longer than a block", "[crypto]") {
    for (const Algorithm algorithm : kHmac) {
        for (std::size_t length = kMinSecret; length <= 140; ++length) {
            std::string secret;
            for (std::size_t i = 0; i < length; ++i) {
                secret += static_cast<char>(i * 7 + length);
            }
            const std::string message(length * 3, 'm');
            std::array<unsigned char, 64> tag{};
            std::size_t size = 0;
            REQUIRE(EVP_Q_mac(nullptr, "HMAC", nullptr, facts(algorithm).digest, nullptr,
                              secret.data(), secret.size(),
                              reinterpret_cast<const unsigned char*>(message.data()),
                              message.size(), tag.data(), tag.size(), &size) != nullptr);
            const auto key = JwsKey::from_secret(algorithm, secret);
            REQUIRE(key);
            const std::string expected(reinterpret_cast<const char*>(tag.data()), size);
            CHECK(key->sign(message) == expected);
            CHECK(key->verify({.message = message, .signature = expected}));
        }
    }
}

TEST_CASE("an HMAC key verifies successive messages", "[crypto]") {
    const auto key = JwsKey::from_secret(Algorithm::hs256, std::string(48, 's'));
    const std::string one = key->sign("one");
    const std::string two = key->sign("two");
    CHECK_FALSE(key->verify({.message = "one", .signature = two}));
    CHECK(key->verify({.message = "one", .signature = one}));
    CHECK(key->verify({.message = "two", .signature = two}));
    CHECK_FALSE(key->verify({.message = "", .signature = two}));
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("an ECDSA signature is two coordinates, not DER", "[crypto]") {
    for (const auto& [algorithm, size] :
         {std::pair(Algorithm::es256, 64), std::pair(Algorithm::es384, 96),
          std::pair(Algorithm::es512, 132)}) {
        const auto key = JwsKey::from_pem(algorithm, pem_for(algorithm).private_key);
        REQUIRE(key);
        for (int i = 0; i < 20; ++i) {  // covers R and S with leading zeros
            CHECK(key->sign("message").size() == static_cast<std::size_t>(size));
        }
    }
}

TEST_CASE("a key that does not fit its algorithm is refused with the reason", "[crypto]") {
    CHECK(why_not(Algorithm::rs256, p256().public_key) == "the key is no RSA key");
    CHECK(why_not(Algorithm::ps256, ed25519().public_key) == "the key is no RSA key");
    CHECK(why_not(Algorithm::es256, rsa().public_key) == "the key is no elliptic curve key");
    CHECK(why_not(Algorithm::es256, ed25519().public_key) == "the key is no elliptic curve key");
    CHECK(why_not(Algorithm::es384, p256().private_key) == "the key is on another curve");
    CHECK(why_not(Algorithm::es256, make_ec("secp256k1").public_key) ==
          "the key is on another curve");
    CHECK(why_not(Algorithm::eddsa, p256().public_key) == "the key is no Ed25519 key");
    CHECK(why_not(Algorithm::eddsa, make_named("ED448").public_key) == "the key is no Ed25519 key");
    CHECK(why_not(Algorithm::eddsa, make_named("X25519").public_key) ==
          "the key is no Ed25519 key");
    CHECK(why_not(Algorithm::hs256, rsa().public_key) ==
          "the algorithm takes a secret, not a key pair");
    CHECK(why_not(Algorithm::rs256, make_rsa(1024).private_key) ==
          "the RSA key has fewer than 2048 bits");
}

TEST_CASE("an RSA key is used up to 8,192 bits, with an odd exponent over one", "[crypto]") {
    const auto why_not_rsa = [](int bits, unsigned long exponent) {
        const Bignum n(BN_new());
        const Bignum e(BN_new());
        BN_set_bit(n.get(), bits - 1);
        BN_set_bit(n.get(), 0);
        BN_set_word(e.get(), exponent);
        OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n.get());
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e.get());
        OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
        EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
        EVP_PKEY* key = nullptr;
        REQUIRE(EVP_PKEY_fromdata_init(context) == 1);
        REQUIRE(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1);
        EVP_PKEY_CTX_free(context);
        OSSL_PARAM_free(parameters);
        OSSL_PARAM_BLD_free(builder);
        const auto made = JwsKey::from_pkey(Algorithm::rs256, Pkey(key), KeyPart::public_part);
        return made ? std::string() : std::string(made.error().what) + made.error().detail;
    };
    CHECK(why_not_rsa(2048, 65537).empty());
    CHECK(why_not_rsa(2048, 3).empty());
    CHECK(why_not_rsa(8192, 65537).empty());
    CHECK(why_not_rsa(2047, 65537).contains("fewer than 2048 bits"));
    CHECK(why_not_rsa(8193, 65537).contains("more than 8192 bits"));
    CHECK(why_not_rsa(2048, 1).contains("unsafe exponent"));
    CHECK(why_not_rsa(2048, 65536).contains("unsafe exponent"));
}

TEST_CASE("a file without a usable PEM key is refused without asking for a passphrase",
          "[crypto]") {
    const std::string_view no_key = "the file holds no PEM key, or an encrypted one";
    CHECK(why_not(Algorithm::rs256, "") == no_key);
    CHECK(why_not(Algorithm::rs256, "secret") == no_key);
    CHECK(why_not(Algorithm::rs256, rsa().public_key.substr(0, 200)) == no_key);
    CHECK(why_not(Algorithm::rs256, std::string(70000, 'x')) == "the file is no PEM key");
    BIO* bio = BIO_new(BIO_s_mem());
    const Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    char passphrase[] = "passphrase";
    PEM_write_bio_PrivateKey(bio, key.get(), EVP_aes_256_cbc(), nullptr, 0, nullptr, passphrase);
    CHECK(why_not(Algorithm::es256, text_of(bio)) == no_key);
    BIO_free(bio);
}

TEST_CASE("an RSA-PSS key verifies with the digest that it is bound to only", "[crypto]") {
    PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr));
    EVP_PKEY* made = nullptr;
    REQUIRE(EVP_PKEY_keygen_init(context.get()) == 1);
    EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048);
    EVP_PKEY_CTX_set_rsa_pss_keygen_md(context.get(), EVP_sha256());
    EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(context.get(), EVP_sha256());
    EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(context.get(), 32);
    REQUIRE(EVP_PKEY_generate(context.get(), &made) == 1);
    const Pem pem = write(made);
    const auto key = JwsKey::from_pem(Algorithm::ps256, pem.private_key);
    REQUIRE(key);
    CHECK(key->verify({.message = "message", .signature = key->sign("message")}));
    CHECK(why_not(Algorithm::ps512, pem.private_key) ==
          "the RSA-PSS key is bound to other parameters");
    CHECK(why_not(Algorithm::rs256, pem.private_key) == "the key is no RSA key");
}

TEST_CASE("an HMAC secret that is too short or a PEM key is refused", "[crypto]") {
    for (const Algorithm algorithm : kHmac) {
        for (const std::size_t size : {0U, 1U, 6U, 31U}) {
            const auto key = JwsKey::from_secret(algorithm, std::string(size, 's'));
            REQUIRE_FALSE(key);
            CHECK(key.error().what == "the secret has fewer than 32 bytes");
        }
        CHECK(JwsKey::from_secret(algorithm, std::string(32, '\0')));
        // A public key as an HMAC secret would let everybody sign.
        const auto confused = JwsKey::from_secret(algorithm, rsa().public_key);
        REQUIRE_FALSE(confused);
        CHECK(confused.error().what == "the algorithm takes a secret, not a PEM key");
    }
    CHECK_FALSE(JwsKey::from_secret(Algorithm::rs256, std::string(32, 's')));
    CHECK_FALSE(JwsKey::from_secret(Algorithm::eddsa, std::string(32, 's')));
}

TEST_CASE("a key id is equal for both key parts and reveals no secret", "[crypto]") {
    const auto signing = JwsKey::from_pem(Algorithm::es256, p256().private_key);
    const auto verifying = JwsKey::from_pem(Algorithm::es256, p256().public_key);
    REQUIRE((signing && verifying));
    CHECK(signing->id() == verifying->id());
    CHECK(signing->id().size() == 11);
    const auto secret = JwsKey::from_secret(Algorithm::hs256, "0123456789abcdef0123456789abcdef");
    REQUIRE(secret);
    CHECK(secret->id() == "wEgQ2gcN7I4");
    const auto other = JwsKey::from_secret(Algorithm::hs256, "0123456789abcdef0123456789abcdeg");
    REQUIRE(other);
    CHECK(other->id() != secret->id());
}
