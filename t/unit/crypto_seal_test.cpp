#include "crypto/seal.hpp"

#include <openssl/err.h>
#include <set>
#include <string>
#include <vector>
#include "catch.hpp"

#include "crypto/digest.hpp"
#include "from_hex.hpp"

using namespace social::crypto;
using social::test::from_hex;

namespace {

KeyBytes key_bytes(std::string_view digits) {
    const std::string bytes = from_hex(digits);
    KeyBytes key{};
    REQUIRE(bytes.size() == key.size());
    std::copy(bytes.begin(), bytes.end(), key.begin());
    return key;
}

KeyBytes filled(std::uint8_t byte) {
    KeyBytes key{};
    key.fill(byte);
    return key;
}

std::string sealed_by(const Keyring& ring, Purpose purpose, std::string_view associated,
                      std::string_view plain) {
    std::string bytes = std::string(kSealFront, '\0') + std::string(plain);
    seal(ring, purpose, associated, bytes);
    return bytes;
}

struct Vector {
    const char* key;
    const char* nonce;
    const char* associated;
    const char* plain;
    const char* sealed;  // ciphertext and tag
};

// Test cases 13, 14 and 16 of the GCM specification (McGrew and Viega). The one with a 16-byte
// nonce is computed from SP 800-38D with AES in ECB mode.
const Vector kVectors[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "00000000000000000000000000000000",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "000102030405060708090a0b0c0d0e0f", "", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "979d5285cd11bcdf650621d2a959d24c9699f8f68cf7be533102b163392aa623"},
};

}  // namespace

TEST_CASE("AES-256-GCM matches published values, in any order of nonce lengths", "[crypto]") {
    for (int round = 0; round < 2; ++round) {
        for (const Vector& vector : kVectors) {
            const KeyBytes key = key_bytes(vector.key);
            const std::string nonce = from_hex(vector.nonce);
            const std::string associated = from_hex(vector.associated);
            const std::string sealed = gcm_seal(key, nonce, associated, from_hex(vector.plain));
            CHECK(sealed == from_hex(vector.sealed));
            CHECK(gcm_open(key, nonce, associated, sealed) == from_hex(vector.plain));
        }
    }
}

TEST_CASE("a sealed text with any bit flipped does not open", "[crypto]") {
    const KeyBytes key = filled(7);
    const std::string nonce(12, 'n');
    const std::string sealed = gcm_seal(key, nonce, "site", "a token");
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        std::string forged = sealed;
        forged[bit / 8] = static_cast<char>(forged[bit / 8] ^ (1 << (bit % 8)));
        CHECK_FALSE(gcm_open(key, nonce, "site", forged));
    }
    CHECK_FALSE(gcm_open(key, nonce, "Site", sealed));
    CHECK_FALSE(gcm_open(key, nonce, "", sealed));
    CHECK_FALSE(gcm_open(filled(8), nonce, "site", sealed));
    CHECK_FALSE(gcm_open(key, std::string(12, 'm'), "site", sealed));
    CHECK(gcm_open(key, nonce, "site", sealed) == "a token");
    // An error left in OpenSSL's queue would be logged by nginx.
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a truncated or extended sealed text does not open", "[crypto]") {
    const KeyBytes key = filled(7);
    const std::string nonce(16, 'n');
    const std::string sealed = gcm_seal(key, nonce, "", "a token");
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        CHECK_FALSE(gcm_open(key, nonce, "", sealed.substr(0, size)));
    }
    CHECK_FALSE(gcm_open(key, nonce, "", sealed + '\0'));
    CHECK_FALSE(gcm_open(key, "", "", sealed));
    CHECK_FALSE(gcm_open(key, "thirteen byte", "", sealed));
}

TEST_CASE("sealed text opens in another instance with the same keyring", "[crypto]") {
    const Keyring here(filled(1));
    const Keyring there(filled(1));
    const std::string sealed = sealed_by(here, Purpose::app_token, "twitter", "bearer");
    CHECK(sealed.size() == kSealOverhead + 6);
    const auto opened = open(there, Purpose::app_token, "twitter", sealed);
    REQUIRE(opened);
    CHECK(opened->plain == "bearer");
    CHECK_FALSE(opened->with_retired_key);
    CHECK(open(there, Purpose::app_token, "", sealed_by(here, Purpose::app_token, "", ""))->plain ==
          "");
}

TEST_CASE("text sealed for one purpose does not open for another", "[crypto]") {
    const Keyring ring(filled(1));
    for (std::size_t i = 0; i < kPurposes; ++i) {
        const std::string sealed = sealed_by(ring, static_cast<Purpose>(i), "id", "text");
        for (std::size_t k = 0; k < kPurposes; ++k) {
            CHECK(open(ring, static_cast<Purpose>(k), "id", sealed).has_value() == (i == k));
        }
    }
}

TEST_CASE("a retired key opens and is reported", "[crypto]") {
    const auto old_ring = Keyring::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    const auto new_ring = Keyring::parse(
        "HR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw=\n"
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    REQUIRE((old_ring && new_ring));
    const auto opened =
        open(*new_ring, Purpose::record, "k", sealed_by(*old_ring, Purpose::record, "k", "v"));
    REQUIRE(opened);
    CHECK(opened->plain == "v");
    CHECK(opened->with_retired_key);
    CHECK_FALSE(
        open(*old_ring, Purpose::record, "k", sealed_by(*new_ring, Purpose::record, "k", "v")));
}

TEST_CASE("malformed text does not open", "[crypto]") {
    const Keyring ring(filled(1));
    std::string garbage;
    for (int i = 0; i < 200; ++i) {
        CHECK_FALSE(open(ring, Purpose::record, "", garbage));
        garbage.push_back(static_cast<char>(i * 31));
    }
    std::string sealed = sealed_by(ring, Purpose::record, "", "text");
    sealed[0] = static_cast<char>(sealed[0] ^ 1);  // the key id
    CHECK_FALSE(open(ring, Purpose::record, "", sealed));
}

TEST_CASE("every seal has a new nonce", "[crypto]") {
    const Keyring ring(filled(1));
    std::set<std::string> nonces;
    for (int i = 0; i < 10000; ++i) {
        nonces.insert(sealed_by(ring, Purpose::record, "", "").substr(sizeof(KeyId), kNonceSize));
    }
    CHECK(nonces.size() == 10000);
}

TEST_CASE("cached cipher contexts are reused correctly by more keys than the cache holds",
          "[crypto]") {
    const std::string nonces[] = {std::string(12, 'n'), std::string(16, 'n')};
    const auto text_of = [](std::uint8_t i) { return "text number " + std::to_string(i); };
    for (const std::string& nonce : nonces) {
        std::vector<std::string> sealed;
        for (std::uint8_t i = 0; i < 20; ++i) {
            sealed.push_back(gcm_seal(filled(i), nonce, "bound", text_of(i)));
        }
        for (int round = 0; round < 2; ++round) {
            for (std::uint8_t i = 0; i < 20; ++i) {
                INFO("key " << int{i} << ", round " << round);
                CHECK(gcm_open(filled(i), nonce, "bound", sealed[i]) == text_of(i));
                CHECK(gcm_seal(filled(i), nonce, "bound", text_of(i)) == sealed[i]);
                const auto other = static_cast<std::uint8_t>((i + 1) % 20);
                CHECK_FALSE(gcm_open(filled(other), nonce, "bound", sealed[i]));
            }
        }
    }
}

TEST_CASE("a failed open does not affect the next one with the same key", "[crypto]") {
    const KeyBytes key = filled(7);
    const std::string nonce(12, 'n');
    const std::string sealed = gcm_seal(key, nonce, "bound", "plain");
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(gcm_open(key, nonce, "elsewhere", sealed));
        CHECK_FALSE(gcm_open(key, nonce, "bound", sealed.substr(0, kTagSize)));
        CHECK(gcm_open(key, nonce, "bound", sealed) == "plain");
    }
}
