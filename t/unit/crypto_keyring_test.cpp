#include "crypto/keyring.hpp"

#include <set>
#include <string>
#include "catch.hpp"

#include "crypto/digest.hpp"

using namespace social;
using namespace social::crypto;

namespace {

const std::string kFirst = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";  // bytes 0 to 31
const std::string kSecond = "HR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw=";

}  // namespace

TEST_CASE("derived keys match HKDF and never change", "[crypto]") {
    // A change of these values would make stored sessions unreadable.
    const auto ring = Keyring::parse(kFirst);
    REQUIRE(ring);
    const Key& key = ring->first();
    CHECK(hex(key.id()) == "72000784");
    CHECK(hex(key.derived(Purpose::session_id)) ==
          "94b0d84fc72ee2a143fd3dcf3a4d9c491ab329e879254875505cc107252bc554");
    CHECK(hex(key.derived(Purpose::record)) ==
          "df93240b6ad5a26a884102a89b7a9f54f3bab3498e3d173043b56460f122fa98");
    CHECK(hex(key.derived(Purpose::login_cookie)) ==
          "7d380a40cca5ad2ec667cd81b9388de23116a5155b3791dd14a58a52b1448773");
    CHECK(hex(key.derived(Purpose::app_token)) ==
          "9efb719e0d71c0be13fe50a28a9b30c1c79f4fed5c2e0353c37cf3541ff59d90");
}

TEST_CASE("a keyring file may contain comments, blank lines, blanks and any line ends",
          "[crypto]") {
    for (const std::string& text :
         {kFirst, kFirst + "\n", "# keys\n\n" + kFirst + "\n" + kSecond + "\n",
          "\t " + kFirst + " \r\n" + kSecond + " # the old one\r\n", "\n\n#\n" + kFirst}) {
        const auto ring = Keyring::parse(text);
        REQUIRE(ring);
        CHECK(hex(ring->first().id()) == "72000784");
        CHECK(ring->keys().size() == (text.find(kSecond) == std::string::npos ? 1U : 2U));
    }
}

TEST_CASE("a keyring finds exactly its keys by id", "[crypto]") {
    const auto ring = Keyring::parse(kFirst + "\n" + kSecond);
    REQUIRE(ring);
    for (const Key& key : ring->keys()) {
        CHECK(ring->find(key.id()) == &key);
    }
    KeyId unknown = ring->first().id();
    unknown[3] ^= 1;
    CHECK(ring->find(unknown) == nullptr);
}

TEST_CASE("a malformed keyring is refused with the line number", "[crypto]") {
    struct Bad {
        std::string text;
        std::string detail;
    };
    const std::string short_key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==";
    const std::string long_key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g";
    const Bad cases[] = {
        {"", "line 1"},
        {"\n\n# nothing\n", "line 1"},
        {short_key, "line 1"},
        {long_key, "line 1"},
        {kFirst + "\n" + short_key, "line 2"},
        {kFirst + "\n\n# old\nnot base64", "line 4"},
        {kFirst + " " + kSecond, "line 1"},
        {kFirst.substr(0, 43), "line 1"},
        {"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=", "line 1"},  // trailing bits
        {"-_ECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "line 1"},  // base64url
        {kFirst + "\n" + kSecond + "\n" + kFirst, "line 3"},         // twice
        {std::string("AAEC\0wQF", 8), "line 1"},
    };
    for (const Bad& bad : cases) {
        INFO(bad.text);
        const auto ring = Keyring::parse(bad.text);
        REQUIRE_FALSE(ring);
        CHECK(ring.error().kind == Kind::bad_request);
        CHECK(ring.error().detail == bad.detail);
    }
}

TEST_CASE("a refused keyring does not show its keys", "[crypto]") {
    const auto ring = Keyring::parse(kFirst + kSecond);
    REQUIRE_FALSE(ring);
    CHECK(ring.error().detail.find("AAEC") == std::string::npos);
    CHECK(ring.error().what.find("AAEC") == std::string_view::npos);
}

TEST_CASE("derived keys differ by purpose and master key", "[crypto]") {
    std::set<KeyBytes> derived;
    const auto ring = Keyring::parse(kFirst + "\n" + kSecond);
    REQUIRE(ring);
    for (const Key& key : ring->keys()) {
        for (std::size_t purpose = 0; purpose < kPurposes; ++purpose) {
            derived.insert(key.derived(static_cast<Purpose>(purpose)));
        }
    }
    CHECK(derived.size() == 2 * kPurposes);
}
