#include "session/session_id.hpp"

#include <openssl/err.h>
#include <cctype>
#include <set>
#include <string>
#include "catch.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"
#include "crypto/digest.hpp"

using namespace social;
using session::kIdLength;
using session::make_session_id;
using session::open_session_id;
using session::Reference;

namespace {

const std::string kOldKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";  // bytes 0 to 31
const std::string kNewKey = "HR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw=\n";

crypto::Keyring keyring(const std::string& text) {
    auto ring = crypto::Keyring::parse(text);
    REQUIRE(ring);
    return *ring;
}

Reference random_reference() {
    Reference reference{};
    base::fill_random(reference);
    return reference;
}

// The bytes f0 to ff.
Reference known_reference() {
    Reference reference{};
    for (std::size_t i = 0; i < reference.size(); ++i) {
        reference[i] = static_cast<std::uint8_t>(0xf0 + i);
    }
    return reference;
}

// known_reference() sealed with kOldKey and the nonce 00 to 0f.
const std::string kKnownId =
    "SkZtdFU0WkRSY2V3RGdxSEVUOEVKSTE5d3N4VXdGTmZCTTY2WHQ3dXB4dz06QUFFQ0F3UUZCZ2NJQ1FvTERBME9Edz09";

bool is_url_safe(const std::string& text) {
    return text.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
               "0123456789-_") == std::string::npos;
}

}  // namespace

TEST_CASE("a session id has 92 characters that need no escape in a URL", "[session]") {
    const auto ring = keyring(kOldKey);
    for (int i = 0; i < 2000; ++i) {
        const auto id = make_session_id(random_reference(), ring);
        REQUIRE(id.text.size() == kIdLength);
        REQUIRE(is_url_safe(id.text));
        REQUIRE(id.inner.size() == 69);
        REQUIRE(base::base64_decode(id.text) == id.inner);
    }
}

TEST_CASE("the inner text of a session id is base64 of 32 bytes, a colon and base64 of 16 bytes",
          "[session]") {
    const auto id = make_session_id(random_reference(), keyring(kOldKey));
    REQUIRE(id.inner.find(':') == 44);
    CHECK(base::base64_decode(id.inner.substr(0, 44)).value().size() == 32);
    CHECK(base::base64_decode(id.inner.substr(45)).value().size() == 16);
}

TEST_CASE("a session id opens to its reference on every instance with the key", "[session]") {
    for (int i = 0; i < 500; ++i) {
        const Reference reference = random_reference();
        const auto id = make_session_id(reference, keyring(kOldKey));
        CHECK(open_session_id(id.text, keyring(kOldKey)) == reference);
    }
}

TEST_CASE("a session id of an earlier release still opens", "[session]") {
    CHECK(open_session_id(kKnownId, keyring(kOldKey)) == known_reference());
    CHECK(crypto::hex(session::store_key(known_reference())) ==
          "c85ec449b0c105dbc9e3dd2ed038ca3b82a36e74b7e0c54f189e6dfd4a5dfd21");
}

TEST_CASE("a session id with any single character changed is refused", "[session]") {
    const auto ring = keyring(kOldKey);
    std::string id = kKnownId;
    for (std::size_t at = 0; at < id.size(); ++at) {
        for (int c = 0; c < 256; ++c) {
            const char original = id[at];
            if (static_cast<char>(c) == original) {
                continue;
            }
            id[at] = static_cast<char>(c);
            if (open_session_id(id, ring)) {
                FAIL("character " << c << " at " << at << " was accepted");
            }
            id[at] = original;
        }
    }
    CHECK(open_session_id(id, ring));
}

TEST_CASE("a session id with the case of a letter changed is refused", "[session]") {
    const auto ring = keyring(kOldKey);
    for (std::size_t at = 0; at < kKnownId.size(); ++at) {
        std::string id = kKnownId;
        const auto c = static_cast<unsigned char>(id[at]);
        id[at] = static_cast<char>(std::isupper(c) ? std::tolower(c) : std::toupper(c));
        CHECK(open_session_id(id, ring).has_value() == (id == kKnownId));
    }
}

TEST_CASE("a session id that is truncated, extended or quoted is refused", "[session]") {
    const auto ring = keyring(kOldKey);
    for (std::size_t size = 0; size < kKnownId.size(); ++size) {
        CHECK_FALSE(open_session_id(kKnownId.substr(0, size), ring));
        CHECK_FALSE(open_session_id(kKnownId.substr(kKnownId.size() - size), ring));
    }
    using namespace std::string_literals;
    for (const std::string& extra :
         {" "s, "/"s, "="s, "%00"s, ";x"s, "\0"s, "\n"s, "A"s, "AAAA"s, "."s}) {
        CHECK_FALSE(open_session_id(kKnownId + extra, ring));
        CHECK_FALSE(open_session_id(extra + kKnownId, ring));
    }
    CHECK_FALSE(open_session_id(std::string(1 << 20, 'A'), ring));
    CHECK_FALSE(open_session_id(std::string(kIdLength, 'A'), ring));
    CHECK_FALSE(open_session_id(*base::base64_decode(kKnownId), ring));
}

TEST_CASE("a session id of 92 characters with a malformed inner text is refused", "[session]") {
    const auto ring = keyring(kOldKey);
    const std::string inner = *base::base64_decode(kKnownId);
    std::string moved = inner;
    moved.erase(44, 1);
    moved.insert(40, ":");
    std::string trailing_bits = inner;  // the last digit before "=" has two unused bits
    trailing_bits[42] = static_cast<char>(trailing_bits[42] + 1);
    std::string url_alphabet = inner;
    url_alphabet[0] = '-';
    std::string no_colon = inner;
    no_colon[44] = '.';
    for (const std::string& other : {moved, trailing_bits, url_alphabet, no_colon}) {
        REQUIRE(base::base64_encode(other).size() == kIdLength);
        CHECK_FALSE(open_session_id(base::base64_encode(other), ring));
    }
    CHECK(open_session_id(base::base64_encode(inner), ring));
}

TEST_CASE("a session id sealed with another key is refused", "[session]") {
    const auto id = make_session_id(known_reference(), keyring(kNewKey));
    CHECK_FALSE(open_session_id(id.text, keyring(kOldKey)));
    // An error left in OpenSSL's queue would be logged by nginx.
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a session id opens until its key is removed from the keyring", "[session]") {
    const auto id = make_session_id(known_reference(), keyring(kOldKey));
    const auto rotated = keyring(kNewKey + kOldKey);
    CHECK(open_session_id(id.text, rotated) == known_reference());
    CHECK_FALSE(open_session_id(id.text, keyring(kNewKey)));
    const auto fresh = make_session_id(known_reference(), rotated);
    CHECK(open_session_id(fresh.text, keyring(kNewKey)) == known_reference());
}

TEST_CASE("session ids of one reference are all different", "[session]") {
    const auto ring = keyring(kOldKey);
    std::set<std::string> seen;
    for (int i = 0; i < 100'000; ++i) {
        seen.insert(make_session_id(known_reference(), ring).text);
    }
    CHECK(seen.size() == 100'000);
}

TEST_CASE("a store key is a function of the reference and does not contain it", "[session]") {
    const Reference one = random_reference();
    Reference other = one;
    other[15] ^= 1;
    CHECK(session::store_key(one) == session::store_key(one));
    CHECK(session::store_key(one) != session::store_key(other));
    const auto key = session::store_key(one);
    CHECK(crypto::as_text(key).find(crypto::as_text(one)) == std::string_view::npos);
}
