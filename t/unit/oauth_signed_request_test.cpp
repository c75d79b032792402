#include "oauth/signed_request.hpp"

#include <string>
#include "catch.hpp"

#include "base/base64.hpp"
#include "crypto/digest.hpp"

using namespace social;

namespace {

// The example of Facebook's PHP SDK, with padding and a numeric user_id.
constexpr std::string_view kOfficial =
    "U0_O1MqqNKUt32633zAkdd2Ce-jGVgRgJeRauyx_zC8=.eyJvYXV0aF90b2tlbiI6ImZvb190b2tlbiIsImFsZ29yaXRo"
    "bSI6IkhNQUMtU0hBMjU2IiwiaXNzdWVkX2F0IjozMjEsImNvZGUiOiJmb29fY29kZSIsInN0YXRlIjoiZm9vX3N0YXRlIi"
    "widXNlcl9pZCI6MTIzLCJmb28iOiJiYXIifQ==";
constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

std::string made(std::string_view json) {
    const std::string payload = base::base64url_encode(json);
    const crypto::Sha256Digest mac = crypto::hmac_sha256({.key = kKey, .message = payload});
    return base::base64url_encode(crypto::as_text(mac)) + "." + payload;
}

Result<std::string> read(std::string_view text, std::string_view key = kKey) {
    return oauth::read_signed_request(text, base::Secret(key));
}

}  // namespace

TEST_CASE("a signed_request names the user, with padding and without", "[oauth]") {
    CHECK(read(kOfficial, "foo_app_secret") == "123");
    std::string unpadded(kOfficial);
    unpadded.erase(unpadded.find('='), 1);
    CHECK(read(unpadded, "foo_app_secret") == "123");
    CHECK(
        read("omXFKIOfZWc46lpOqqs_opCLTGhRfi3WbJDpLlblMoU.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImV"
             "4cGlyZXMiOjEyOTE4NDA0MDAsImlzc3VlZF9hdCI6MTI5MTgzNjgwMCwidXNlcl9pZCI6IjIxODQ3MSJ9") ==
        "218471");
    CHECK(read(made(R"({"algorithm":"hmac-sha256","user_id":"1"})")) == "1");
}

TEST_CASE("what another key signed is refused, bit by bit", "[oauth]") {
    CHECK_FALSE(read(kOfficial, "foo_app_secreT").has_value());
    const std::string good = made(R"({"algorithm":"HMAC-SHA256","user_id":"1"})");
    REQUIRE(read(good).has_value());
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        INFO(i);
        CHECK_FALSE(read(bad).has_value());
    }
    CHECK_FALSE(read("." + good.substr(good.find('.') + 1)).has_value());
}

TEST_CASE("what is no signed_request is a bad request, whatever signed it", "[oauth]") {
    for (const std::string& text :
         {std::string(), std::string("."), std::string(".."), std::string("x"),
          std::string(100000, '.'), made("{}"), made("[]"), made("null"), made(""),
          made(R"({"user_id":"1"})"), made(R"({"algorithm":"none","user_id":"1"})"),
          made(R"({"algorithm":"HMAC-SHA256"})"),
          made(R"({"algorithm":"HMAC-SHA256","user_id":""})"),
          made(R"({"algorithm":"HMAC-SHA256","user_id":{}})"),
          made(R"({"algorithm":"HMAC-SHA256","user_id":"1"})") + ".x"}) {
        INFO(text.substr(0, 80));
        const auto outcome = read(text);
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().kind == Kind::bad_request);
    }
}

TEST_CASE("a part of a signed_request has two signs of padding at most", "[oauth]") {
    std::string_view payload = kOfficial.substr(kOfficial.find('.') + 1);
    const std::string signature(kOfficial.substr(0, kOfficial.find('=')));
    for (const char* padding : {"", "=", "=="}) {
        CHECK(read(signature + padding + "." + std::string(payload), "foo_app_secret") == "123");
    }
    CHECK_FALSE(read(signature + "===." + std::string(payload), "foo_app_secret"));
}
