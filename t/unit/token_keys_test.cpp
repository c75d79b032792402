#include "token/keys.hpp"

#include <string>
#include "catch.hpp"

#include "base/base64.hpp"
#include "crypto/jws.hpp"

using namespace social;
using crypto::JwsKey;
using crypto::KeySet;
using crypto::sign_compact;
using token::read_key_file;
using token::TokenKeys;

namespace {

const std::string kOne = "11111111111111111111111111111111";
const std::string kTwo = "22222222222222222222222222222222";

JwsKey key(const std::string& secret, std::string_view algorithm = "HS256") {
    auto made = read_key_file({.algorithm = algorithm, .content = secret});
    REQUIRE(made);
    return std::move(*made);
}

std::string signed_by(const std::string& secret, std::string_view kid,
                      std::string_view algorithm = "HS256") {
    return sign_compact({.kid = kid, .payload = "{}"}, key(secret, algorithm));
}

TokenKeys both() {
    TokenKeys keys;
    REQUIRE(keys.add(key(kOne)));
    REQUIRE(keys.add(key(kTwo)));
    return keys;
}

}  // namespace

TEST_CASE("an HMAC secret is its file without one final line feed", "[token]") {
    const std::string id = key(kOne).id();
    CHECK(key(kOne + "\n").id() == id);
    CHECK(key(kOne + "\n\n").id() != id);
    CHECK(key(kOne + " ").id() != id);
    CHECK(key("\n" + kOne).id() != id);
    CHECK_FALSE(read_key_file({.algorithm = "HS256", .content = kOne.substr(1) + "\n"}));
}

TEST_CASE("a key file for an unknown algorithm is refused with the algorithm's name", "[token]") {
    for (const char* name : {"none", "hs256", "HS256 ", "", "RSA", "ES256K", "HS1", "A256GCM"}) {
        const auto made = read_key_file({.algorithm = name, .content = kOne});
        REQUIRE_FALSE(made);
        CHECK(made.error().what == "unknown token algorithm");
        CHECK(made.error().detail == name);
    }
    const auto no_pem = read_key_file({.algorithm = "RS256", .content = kOne});
    REQUIRE_FALSE(no_pem);
    CHECK(no_pem.error().what == "the file holds no PEM key, or an encrypted one");
    CHECK(no_pem.error().detail == "RS256");
}

TEST_CASE("the first key signs and all keys verify", "[token]") {
    const TokenKeys keys = both();
    REQUIRE(keys.signer() != nullptr);
    CHECK(keys.signer()->id() == key(kOne).id());
    CHECK(keys.verify(signed_by(kOne, "")) == "{}");
    CHECK(keys.verify(signed_by(kTwo, "")) == "{}");
    CHECK_FALSE(keys.verify(signed_by("33333333333333333333333333333333", "")));
    CHECK_FALSE(keys.verify(""));
    const TokenKeys none;
    CHECK(none.empty());
    CHECK(none.signer() == nullptr);
    CHECK_FALSE(none.verify(signed_by(kOne, "")));
}

TEST_CASE("a token with a kid is verified with that key only", "[token]") {
    const TokenKeys keys = both();
    const std::string one = key(kOne).id();
    const std::string two = key(kTwo).id();
    CHECK(keys.verify(signed_by(kOne, one)));
    CHECK(keys.verify(signed_by(kTwo, two)));
    CHECK_FALSE(keys.verify(signed_by(kOne, two)));
    CHECK_FALSE(keys.verify(signed_by(kTwo, one)));
}

TEST_CASE("a token with an unknown kid is refused", "[token]") {
    const TokenKeys keys = both();
    for (const std::string& kid :
         {std::string("unknown"), std::string("../../dev/null"), std::string("' or 1=1"),
          std::string("%s%n"), std::string("\r\n"), std::string(8000, 'k'), key(kOne).id() + "A"}) {
        CHECK_FALSE(keys.verify(signed_by(kOne, kid)));
    }
    // An empty id is an unknown one: {"alg":"HS256","kid":""}, with a valid signature.
    const std::string input = "eyJhbGciOiJIUzI1NiIsImtpZCI6IiJ9.e30";
    CHECK_FALSE(keys.verify(input + "." + base::base64url_encode(key(kOne).sign(input))));
}

TEST_CASE("a secret is accepted once per algorithm", "[token]") {
    TokenKeys keys;
    REQUIRE(keys.add(key(kOne)));
    CHECK_FALSE(keys.verify(signed_by(kOne, "", "HS512")));
    REQUIRE(keys.add(key(kOne, "HS512")));
    CHECK(keys.verify(signed_by(kOne, "", "HS512")));
    CHECK(keys.verify(signed_by(kOne, key(kOne).id(), "HS512")));
    CHECK(keys.verify(signed_by(kOne, key(kOne).id(), "HS256")));
    const auto twice = keys.add(key(kOne));
    REQUIRE_FALSE(twice);
    CHECK(twice.error().what == "the token key is given twice");
    CHECK(twice.error().detail == "HS256");
}

TEST_CASE("token keys with a public first key verify and do not sign", "[token]") {
    const std::string pem =
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
        "-----END PUBLIC KEY-----\n";
    TokenKeys keys;
    REQUIRE(keys.add(key(pem, "EdDSA")));
    REQUIRE(keys.add(key(kOne)));
    CHECK(keys.signer() == nullptr);
    // RFC 8037 A.4.
    CHECK(keys.verify("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0Jzl"
                      "nLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg") ==
          "Example of Ed25519 signing");
    // The text of a public key is refused as an HMAC secret.
    CHECK_FALSE(read_key_file({.algorithm = "HS256", .content = pem}));
}

TEST_CASE("a key without an id verifies tokens with an unknown kid, a key with an id does not",
          "[token]") {
    KeySet set;
    set.add({.kid = "named", .key = key(kOne)});
    CHECK_FALSE(set.verify(signed_by(kOne, "unknown")));
    set.add({.kid = "", .key = key(kTwo)});
    CHECK(set.verify(signed_by(kTwo, "unknown")));
    CHECK_FALSE(set.verify(signed_by(kOne, "unknown")));
    CHECK_FALSE(set.verify(signed_by(kTwo, "named")));
    CHECK(set.verify(signed_by(kTwo, "")));
    CHECK(set.verify(signed_by(kOne, "")));
}

TEST_CASE("published keys are tried after configured ones and never sign", "[token]") {
    TokenKeys keys;
    token::PublishedKeys& published = keys.add_published();
    CHECK_FALSE(keys.empty());
    CHECK_FALSE(keys.verify(signed_by(kTwo, "theirs")));
    KeySet set;
    set.add({.kid = "theirs", .key = key(kTwo)});
    published.replace(std::move(set));
    CHECK(keys.verify(signed_by(kTwo, "theirs")));
    CHECK(keys.verify(signed_by(kTwo, "")));
    CHECK(keys.signer() == nullptr);
    REQUIRE(keys.add(key(kOne)));
    CHECK(keys.signer() != nullptr);
    CHECK(keys.verify(signed_by(kOne, "")));
    CHECK_FALSE(keys.verify(signed_by(kOne, "theirs")));
    published.replace(KeySet());
    CHECK_FALSE(keys.verify(signed_by(kTwo, "theirs")));
}

TEST_CASE("an unknown kid requests a fetch of the published keys, a known one does not",
          "[token]") {
    TokenKeys keys;
    REQUIRE(keys.add(key(kOne)));
    token::PublishedKeys& published = keys.add_published();
    KeySet set;
    set.add({.kid = "theirs", .key = key(kTwo)});
    published.replace(std::move(set));
    int asked = 0;
    published.on_unknown_kid([&asked] { ++asked; });

    CHECK(keys.verify(signed_by(kTwo, "theirs")));
    CHECK(keys.verify(signed_by(kOne, "")));
    CHECK_FALSE(keys.verify(signed_by(kOne, "theirs")));
    CHECK_FALSE(keys.verify(signed_by(kTwo, key(kOne).id())));
    CHECK_FALSE(keys.verify("no token"));
    CHECK_FALSE(keys.verify(signed_by("33333333333333333333333333333333", "")));
    CHECK(asked == 0);
    CHECK_FALSE(keys.verify(signed_by(kTwo, "new")));
    CHECK(asked == 1);
    published.on_unknown_kid({});
    CHECK_FALSE(keys.verify(signed_by(kTwo, "new")));
    CHECK(asked == 1);
}
