#include "crypto/jwk.hpp"

#include <openssl/err.h>
#include <string>
#include "catch.hpp"

using namespace social;
using namespace social::crypto;

namespace {

// The public keys of RFC 7515 A.2 and A.3 and of RFC 8037 A.2.
const std::string kModulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4"
    "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re"
    "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX"
    "FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const std::string kRsa = R"("kty":"RSA","e":"AQAB","n":")" + kModulus + R"(")";
const std::string kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const std::string kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
const std::string kEc = R"("kty":"EC","crv":"P-256","x":")" + kX + R"(","y":")" + kY + R"(")";
const std::string kOkp =
    R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";
const std::string kOct = R"("kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")";

Result<KeySet::NamedKey> read(const std::string& members) {
    const auto json = base::Json::parse("{" + members + "}");
    REQUIRE(json);
    auto entry = read_jwk(*json);
    CHECK(ERR_peek_error() == 0);
    return entry;
}

Algorithm algorithm_of(const std::string& members) {
    const auto entry = read(members);
    REQUIRE(entry);
    return entry->key.algorithm();
}

Result<KeySet> read_set(const std::string& keys) {
    return read_jwk_set(R"({"keys":[)" + keys + "]}");
}

}  // namespace

TEST_CASE("a JWK has the algorithm of its alg, or the only one for its type", "[crypto]") {
    CHECK(algorithm_of(kRsa) == Algorithm::rs256);
    CHECK(algorithm_of(kRsa + R"(,"alg":"PS512")") == Algorithm::ps512);
    CHECK(algorithm_of(kEc) == Algorithm::es256);
    CHECK(algorithm_of(kEc + R"(,"alg":"ES256")") == Algorithm::es256);
    CHECK(algorithm_of(kOkp) == Algorithm::eddsa);
    CHECK(algorithm_of(kOkp + R"(,"alg":"EdDSA")") == Algorithm::eddsa);
    CHECK(algorithm_of(kOct + R"(,"alg":"HS384")") == Algorithm::hs384);
    const auto json = base::Json::parse("{" + kRsa + "}");
    CHECK(read_jwk(*json, Algorithm::ps256)->key.algorithm() == Algorithm::ps256);
}

TEST_CASE("a JWK with a contradictory or unsupported algorithm is refused", "[crypto]") {
    for (const std::string& members :
         {kRsa + R"(,"alg":"ES256")", kRsa + R"(,"alg":"HS256")", kRsa + R"(,"alg":"none")",
          kRsa + R"(,"alg":"RSA-OAEP")", kRsa + R"(,"alg":256)", kRsa + R"(,"alg":null)",
          kEc + R"(,"alg":"ES384")", kEc + R"(,"alg":"EdDSA")", kEc + R"(,"alg":"RS256")",
          kOkp + R"(,"alg":"ES256")", kOct, kOct + R"(,"alg":"RS256")", kOct + R"(,"alg":"A128KW")",
          std::string(), std::string(R"("kty":"RSA")"), std::string(R"("kty":1)"),
          std::string(R"("kty":"rsa","e":"AQAB","n":"AQAB")")}) {
        INFO(members);
        CHECK_FALSE(read(members));
    }
}

TEST_CASE("a JWK that does not allow verification is refused", "[crypto]") {
    CHECK(read(kRsa + R"(,"use":"sig")"));
    CHECK(read(kRsa + R"(,"key_ops":["sign","verify"])"));
    CHECK(read(kRsa + R"(,"use":"sig","key_ops":["verify"])"));
    for (const char* members :
         {R"(,"use":"enc")", R"(,"use":"SIG")", R"(,"use":1)", R"(,"use":null)", R"(,"key_ops":[])",
          R"(,"key_ops":["encrypt"])", R"(,"key_ops":["sign"])", R"(,"key_ops":"verify")",
          R"(,"key_ops":null)", R"(,"use":"enc","key_ops":["verify"])",
          R"(,"use":"sig","key_ops":["wrapKey"])"}) {
        INFO(members);
        CHECK_FALSE(read(kRsa + members));
    }
}

TEST_CASE("a JWK with unsafe or malformed numbers is refused", "[crypto]") {
    const std::string small = R"("kty":"RSA","e":"AQAB","n":")" + kModulus.substr(0, 168) + R"(")";
    const auto with_exponent = [](const std::string& e) {
        return R"("kty":"RSA","e":")" + e + R"(","n":")" + kModulus + R"(")";
    };
    CHECK(read(with_exponent("Aw")));  // three
    for (const std::string& members : {
             small,
             with_exponent(""),
             with_exponent("AQ"),
             with_exponent("Ag"),
             with_exponent("AA"),
             with_exponent("AQAB="),
             with_exponent("AQABAQABAQABAQAB"),
             R"("kty":"RSA","e":"AQAB","n":")" + kModulus + R"(=")",
             R"("kty":"RSA","e":"AQAB","n":")" + std::string(4 * 1000, 'x') + R"(")",
             std::string(R"("kty":"RSA","e":"AQAB")"),
             // A point outside the curve, of another curve, short, long, swapped, missing.
             R"("kty":"EC","crv":"P-256","x":")" + kX + R"(","y":")" + kX + R"(")",
             R"("kty":"EC","crv":"P-384","x":")" + kX + R"(","y":")" + kY + R"(")",
             R"("kty":"EC","crv":"p-256","x":")" + kX + R"(","y":")" + kY + R"(")",
             R"("kty":"EC","crv":"secp256k1","x":")" + kX + R"(","y":")" + kY + R"(")",
             R"("kty":"EC","crv":"P-256","x":")" + kX.substr(0, 42) + R"(","y":")" + kY + R"(")",
             R"("kty":"EC","crv":"P-256","x":"AAAA)" + kX + R"(","y":")" + kY + R"(")",
             R"("kty":"EC","crv":"P-256","x":")" + kX + R"(")",
             R"("kty":"EC","x":")" + kX + R"(","y":")" + kY + R"(")",
             R"("kty":"OKP","crv":"Ed25519","x":")" + kX.substr(0, 20) + R"(")",
             R"("kty":"OKP","crv":"Ed448","x":")" + kX + R"(")",
             R"("kty":"OKP","crv":"X25519","x":")" + kX + R"(")",
             std::string(R"("kty":"OKP","crv":"Ed25519","alg":"EdDSA")"),
             // 31 bytes are too short for a secret.
             R"("kty":"oct","alg":"HS256","k":")" + std::string(42, 'A') + R"(")",
             std::string(R"("kty":"oct","alg":"HS256")"),
             kRsa + R"(,"kid":7)",
         }) {
        INFO(members);
        CHECK_FALSE(read(members));
    }
}

TEST_CASE("a JWK with a private part cannot sign", "[crypto]") {
    const auto entry =
        read(kOkp + R"(,"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","kid":"k")");
    REQUIRE(entry);
    CHECK_FALSE(entry->key.can_sign());
    CHECK(entry->kid == "k");
}

TEST_CASE("a JWK Set skips unusable keys", "[crypto]") {
    const auto set = read_set("{" + kRsa + R"(,"kid":"a"},{)" + kEc + R"(,"kid":"b"},{)" + kRsa +
                              R"(,"kid":"c","use":"enc"},{"kty":"new"},{)" + kOct +
                              R"(,"alg":"HS256","kid":"d"},[],7,null,{)" + kOkp + "}");
    REQUIRE(set);
    REQUIRE(set->entries().size() == 3);
    CHECK(set->entries()[0].kid == "a");
    CHECK(set->entries()[1].kid == "b");
    CHECK(set->entries()[2].kid == "");
    CHECK_FALSE(set->has_kid("c"));
    CHECK_FALSE(set->has_kid("d"));
}

TEST_CASE("a malformed JWK Set or one without usable keys is refused", "[crypto]") {
    std::string many = "{" + kOkp + "}";
    for (std::size_t i = 1; i < kMaxJwks; ++i) {
        many += ",{" + kOkp + "}";
    }
    CHECK(read_set(many)->entries().size() == kMaxJwks);
    CHECK_FALSE(read_set(many + ",{" + kOkp + "}"));
    CHECK_FALSE(read_set(""));
    CHECK_FALSE(read_set("{" + kOct + R"(,"alg":"HS256"})"));
    for (const std::string& text :
         {std::string(), std::string("[]"), std::string("{}"), std::string("null"),
          std::string(R"({"keys":{}})"), std::string(R"({"keys":"x"})"), "{" + kRsa + "}",
          R"({"keys":[{)" + kRsa + R"(}],"keys":[]})", R"({"keys":[{)" + kRsa + "}]",
          R"({"keys":[{)" + kRsa + R"(,"kty":"RSA"}]})"}) {
        INFO(text);
        const auto set = read_jwk_set(text);
        REQUIRE_FALSE(set);
        CHECK(set.error().kind == Kind::bad_request);
    }
}
