#include "crypto/jws.hpp"

#include <openssl/err.h>
#include <string>
#include "catch.hpp"

#include "base/base64.hpp"

using namespace social;
using namespace social::crypto;
using base::base64url_encode;

namespace {

const std::string kSecret = "0123456789abcdef0123456789abcdef";

JwsKey hs256(const std::string& secret = kSecret) {
    auto key = JwsKey::from_secret(Algorithm::hs256, secret);
    REQUIRE(key);
    return std::move(*key);
}

// The signature is valid, so only the header can cause a refusal.
std::string token_with_header(const std::string& header, const std::string& payload = "{}") {
    const std::string input = base64url_encode(header) + "." + base64url_encode(payload);
    return input + "." + base64url_encode(hs256().sign(input));
}

bool accepts(const std::string& token) {
    const JwsKey key = hs256();
    const auto jws = read_compact(token);
    if (!jws) {
        CHECK(jws.error().kind == Kind::unauthenticated);
        CHECK(jws.error().what == "Invalid token");
        return false;
    }
    const auto payload = verify(*jws, key);
    if (!payload) {
        CHECK(payload.error().kind == Kind::unauthenticated);
        CHECK(payload.error().what == "Invalid token");
    }
    return payload.has_value();
}

}  // namespace

TEST_CASE("a token of another library is verified", "[crypto]") {
    // Made with Python's hmac module.
    const auto jws = read_compact(
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzaWQiOiIxNjkiLCJleHAiOjIwMDB9."
        "todfML2WoR7irhB2ndnAgrzn-b8vJK1udBszqmzPo5M");
    REQUIRE(jws);
    CHECK(jws->algorithm == Algorithm::hs256);
    CHECK_FALSE(jws->kid);
    CHECK(verify(*jws, hs256()) == R"({"sid":"169","exp":2000})");
}

TEST_CASE("a signed token has typ, alg and kid, and verifies", "[crypto]") {
    const JwsKey key = hs256();
    const std::string token = sign_compact({.kid = "k1", .payload = "payload"}, key);
    CHECK(base::base64url_decode(token.substr(0, token.find('.'))) ==
          R"({"typ":"JWT","alg":"HS256","kid":"k1"})");
    const auto jws = read_compact(token);
    REQUIRE(jws);
    CHECK(jws->kid == "k1");
    CHECK(verify(*jws, key) == "payload");

    const std::string nameless = sign_compact({.kid = {}, .payload = ""}, key);
    CHECK(base::base64url_decode(nameless.substr(0, nameless.find('.'))) ==
          R"({"typ":"JWT","alg":"HS256"})");
    CHECK(verify(*read_compact(nameless), key) == "");
}

TEST_CASE("headers that RFC 7515 allows are accepted", "[crypto]") {
    for (const char* header :
         {R"({"alg":"HS256"})", R"( { "alg" : "HS256" , "typ" : "JWT" } )",
          R"({"alg":"HS256","typ":"at+jwt","cty":"x","unknown":[1,{"a":null}]})",
          R"({"alg":"HS256","jku":"https://evil.example/keys","x5u":"https://evil.example"})",
          R"({"\u0061lg":"HS256"})"}) {
        INFO(header);
        CHECK(accepts(token_with_header(header)));
    }
}

TEST_CASE("untrusted headers are refused despite a valid signature", "[crypto]") {
    for (const char* header : {
             R"([])",
             R"("HS256")",
             R"(null)",
             R"({})",
             R"()",
             R"(HS256)",
             R"({"alg":"HS256")",
             R"({"alg":"HS256"}x)",
             R"({"alg":"HS256"}{})",
             "\xef\xbb\xbf{\"alg\":\"HS256\"}",
             R"({"alg":"none"})",
             R"({"alg":"hs256"})",
             R"({"alg":null})",
             R"({"alg":256})",
             R"({"alg":["HS256"]})",
             R"({"alg":"HS384"})",
             R"({"alg":"RS256"})",
             R"({"alg":"HS256","alg":"HS256"})",
             R"({"alg":"none","alg":"HS256"})",
             R"({"alg":"HS256","\u0061lg":"HS256"})",
             R"({"alg":"HS256","crit":[]})",
             R"({"alg":"HS256","crit":["exp"],"exp":1})",
             R"({"alg":"HS256","crit":["b64"],"b64":false})",
             R"({"alg":"HS256","crit":null})",
             R"({"alg":"HS256","enc":"A256GCM"})",
             R"({"alg":"dir","enc":"A256GCM"})",
             R"({"alg":"HS256","kid":1})",
             R"({"alg":"HS256","kid":null})",
             R"({"alg":"HS256","kid":["a"]})",
             "{\"alg\":\"HS256\",\"a\":\"\xff\"}",
             "{\"alg\":\"HS256\",\"a\":\"\n\"}",
             R"({"alg":"HS256\u0000"})",
             R"({"alg":"HS256","a":[[[[[[[[[]]]]]]]]]})",
         }) {
        INFO(header);
        CHECK_FALSE(accepts(token_with_header(header)));
    }
}

TEST_CASE("a token without exactly three parts is refused", "[crypto]") {
    const std::string token = token_with_header(R"({"alg":"HS256"})");
    REQUIRE(accepts(token));
    const auto first = token.find('.');
    const auto second = token.rfind('.');
    const std::string header = token.substr(0, first);
    const std::string payload = token.substr(first + 1, second - first - 1);
    const std::string signature = token.substr(second + 1);
    for (const std::string& other :
         {std::string(), header, header + "." + payload, header + "." + payload + ".",
          "." + payload + "." + signature, header + ".." + signature, std::string(".."),
          std::string("."), token + ".", token + ".x", "." + token, token + "." + token,
          header + ".k.iv.c.t", std::string(10000, '.'), std::string(100000, '.')}) {
        CHECK_FALSE(accepts(other));
    }
}

TEST_CASE("a token in JSON serialization is refused", "[crypto]") {
    CHECK_FALSE(
        accepts(R"({"payload":"e30","protected":"eyJhbGciOiJIUzI1NiJ9","signature":"AA"})"));
    CHECK_FALSE(
        accepts(R"({"payload":"e30.","protected":"eyJhbGciOiJIUzI1NiJ9.","signature":""})"));
}

TEST_CASE("a token in non-canonical base64url is refused", "[crypto]") {
    using namespace std::string_literals;
    const std::string token = token_with_header(R"({"alg":"HS256"})", "{}");
    const std::string signature = token.substr(token.rfind('.') + 1);
    for (const std::string& extra : {"="s, "=="s, " "s, "\n"s, "\t"s, "\0"s, "+"s, "/"s, "%3D"s}) {
        CHECK_FALSE(accepts(token + extra));
        CHECK_FALSE(accepts(extra + token));
        // Header and payload, with a signature of exactly this text.
        for (const std::string& input : {base64url_encode(R"({"alg":"HS256"})") + extra + ".e30",
                                         base64url_encode(R"({"alg":"HS256"})") + ".e30" + extra}) {
            CHECK_FALSE(accepts(input + "." + base64url_encode(hs256().sign(input))));
        }
    }
    // The unused bits of the last digit, in signature and payload.
    std::string bits = token;
    bits.back() = bits.back() == 'A' ? 'B' : static_cast<char>(bits.back() + 1);
    CHECK_FALSE(accepts(bits));
    const std::string input = base64url_encode(R"({"alg":"HS256"})") + ".e31";
    CHECK_FALSE(accepts(input + "." + base64url_encode(hs256().sign(input))));
}

TEST_CASE("a token longer than sixteen kibibytes is refused", "[crypto]") {
    std::string payload(12000, 'x');
    while (token_with_header(R"({"alg":"HS256"})", payload + "x").size() <= kMaxToken) {
        payload += 'x';
    }
    CHECK(accepts(token_with_header(R"({"alg":"HS256"})", payload)));
    CHECK_FALSE(accepts(token_with_header(R"({"alg":"HS256"})", payload + "x")));
}

TEST_CASE("a token of another secret does not verify", "[crypto]") {
    const std::string token = token_with_header(R"({"alg":"HS256"})");
    const auto jws = read_compact(token);
    REQUIRE(jws);
    for (const std::string& secret :
         {kSecret + "0", kSecret.substr(1) + "0", std::string(32, '\0'), std::string(64, 'k')}) {
        CHECK_FALSE(verify(*jws, hs256(secret)));
    }
    const auto longer = JwsKey::from_secret(Algorithm::hs512, kSecret);
    REQUIRE(longer);
    CHECK_FALSE(verify(*jws, *longer));
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a refused token does not affect the next one", "[crypto]") {
    const std::string good = token_with_header(R"({"alg":"HS256"})");
    for (const std::string& bad :
         {token_with_header(R"({"alg":"none"})"), good + "A", good.substr(0, good.size() - 4),
          token_with_header(R"({"alg":"HS256","kid":"x"})") + "."}) {
        CHECK_FALSE(accepts(bad));
        CHECK(accepts(good));
    }
    // The header cache must not return the key id of another header.
    CHECK(read_compact(token_with_header(R"({"alg":"HS256","kid":"a"})"))->kid == "a");
    CHECK(read_compact(token_with_header(R"({"alg":"HS256","kid":"b"})"))->kid == "b");
    CHECK_FALSE(read_compact(good)->kid);
}
