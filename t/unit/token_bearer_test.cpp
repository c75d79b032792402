#include "token/bearer.hpp"

#include <openssl/err.h>
#include <string>
#include "catch.hpp"

#include "base/base64.hpp"
#include "base/json.hpp"
#include "crypto/jws.hpp"
#include "token/issue.hpp"

using namespace social;
using token::BearerCheck;
using token::issue;
using token::TokenKeys;

namespace {

constexpr std::int64_t kNow = 1'700'000'000;

TokenKeys make_keys(const std::string& secret = "0123456789abcdef0123456789abcdef") {
    TokenKeys keys;
    auto key = token::read_key_file({.algorithm = "HS256", .content = secret});
    REQUIRE(key);
    REQUIRE(keys.add(std::move(*key)));
    return keys;
}

std::string issued(const TokenKeys& keys) {
    auto token = issue({.issuer = {},
                        .audience = {},
                        .user = "user@example.com",
                        .site = "169",
                        .now = kNow,
                        .lifetime = 900},
                       keys);
    REQUIRE(token);
    return *token;
}

std::string verdict(const BearerCheck& check, std::optional<std::string_view> header,
                    std::int64_t now = kNow) {
    const auto claims = check.check(header, now);
    if (claims) {
        return "";
    }
    CHECK(claims.error().kind == Kind::unauthenticated);
    CHECK(ERR_peek_error() == 0);
    return std::string(claims.error().what);
}

std::string part(const std::string& token, int number) {
    std::size_t begin = 0;
    for (; number > 0; --number) {
        begin = token.find('.', begin) + 1;
    }
    return base::base64url_decode(token.substr(begin, token.find('.', begin) - begin)).value();
}

}  // namespace

TEST_CASE("an issued token is valid until it expires", "[token]") {
    const TokenKeys keys = make_keys();
    const BearerCheck check(keys, {});
    const std::string header = "Bearer " + issued(keys);
    const auto claims = check.check(header, kNow);
    REQUIRE(claims);
    CHECK(claims->site_id == "169");
    CHECK(claims->user == "user@example.com");
    CHECK(verdict(check, header, kNow + 899) == "");
    CHECK(verdict(check, header, kNow + 900) == "Expired token");
    CHECK(verdict(check, header, kNow - 1) == "Invalid token");
}

TEST_CASE("a missing header requires a token, and an empty one is an invalid token", "[token]") {
    const TokenKeys keys = make_keys();
    const BearerCheck check(keys, {});
    CHECK(verdict(check, std::nullopt) == "Token required");
    CHECK(verdict(check, "") == "Invalid token");
}

TEST_CASE("the header is Bearer in any case, one space and the token", "[token]") {
    const TokenKeys keys = make_keys();
    const BearerCheck check(keys, {});
    const std::string token = issued(keys);
    for (const char* scheme : {"Bearer ", "bearer ", "BEARER ", "bEaReR "}) {
        CHECK(verdict(check, scheme + token) == "");
    }
    for (const std::string& header : {std::string("Bearer"),
                                      std::string("Bearer "),
                                      "Bearer  " + token,
                                      "Bearer\t" + token,
                                      "Bearer \t" + token,
                                      "Bearer" + token,
                                      " Bearer " + token,
                                      "Bearer " + token + " ",
                                      "Bearer " + token + ",",
                                      "Bearer " + token + ", Bearer " + token,
                                      "Bearer " + token + "," + token,
                                      "Bearer " + token + "\n",
                                      "Bearer: " + token,
                                      "Basic " + token,
                                      "Token " + token,
                                      token,
                                      "Bearer=" + token,
                                      "Bearer \"" + token + "\"",
                                      "Bearer access_token=" + token,
                                      "Bearer " + std::string(32768, 'a'),
                                      "Bearer " + token + std::string(1, '\0'),
                                      "Beare" + token,
                                      std::string(" ")}) {
        INFO(header.substr(0, 60));
        CHECK(verdict(check, header) == "Invalid token");
    }
}

TEST_CASE("a token with any character changed is invalid, never expired", "[token]") {
    const TokenKeys keys = make_keys();
    const BearerCheck check(keys, {});
    std::string header = "Bearer " + issued(keys);
    for (std::size_t at = 7; at < header.size(); ++at) {
        const char original = header[at];
        header[at] = original == 'A' ? 'B' : 'A';
        CHECK(verdict(check, header, kNow + 5000) == "Invalid token");
        header[at] = original;
    }
    CHECK(verdict(check, header, kNow + 5000) == "Expired token");
}

TEST_CASE("a token signed with another key is invalid", "[token]") {
    const TokenKeys keys = make_keys();
    const BearerCheck check(keys, {});
    const TokenKeys other_keys = make_keys("another secret of at least 32 bytes");
    CHECK(verdict(check, "Bearer " + issued(other_keys)) == "Invalid token");
}

TEST_CASE("an issued token has the documented header and claims in the documented order",
          "[token]") {
    const TokenKeys keys = make_keys();
    const std::string token = issued(keys);
    CHECK(part(token, 0) ==
          R"({"typ":"JWT","alg":"HS256","kid":")" + keys.signer()->id() + R"("})");
    const std::string claims = part(token, 1);
    const std::string start =
        R"({"sub":"user@example.com","sid":"169","iat":1700000000,"nbf":1700000000,)"
        R"("exp":1700000900,"jti":")";
    REQUIRE(claims.substr(0, start.size()) == start);
    CHECK(claims.size() == start.size() + 22 + 2);
    CHECK(part(issued(keys), 1) != claims);
}

TEST_CASE("issued tokens contain the configured issuer and audience", "[token]") {
    const TokenKeys keys = make_keys();
    const auto token = issue({.issuer = "gateway.example",
                              .audience = "sites",
                              .user = "u",
                              .site = "s",
                              .now = kNow,
                              .lifetime = 60},
                             keys);
    REQUIRE(token);
    CHECK(part(*token, 1).starts_with(
        R"({"iss":"gateway.example","aud":"sites","sub":"u","sid":"s",)"));
    const BearerCheck check(keys, {.issuer = "gateway.example", .audience = "sites"});
    CHECK(verdict(check, "Bearer " + *token) == "");
    CHECK(verdict(check, "Bearer " + issued(keys)) == "Invalid token");
}

TEST_CASE("a token is not issued with claims that validation refuses", "[token]") {
    const TokenKeys keys = make_keys();
    const auto attempt = [&keys](std::string_view user, std::string_view site) {
        return issue(
            {.issuer = {}, .audience = {}, .user = user, .site = site, .now = kNow, .lifetime = 60},
            keys);
    };
    CHECK(attempt("J\xc3\xbcrgen \"x\"", "169"));
    CHECK(attempt("", "169"));
    for (const char* user : {"a\r\nb", "\xff", "a\x7f"}) {
        CHECK(attempt(user, "169").error().kind == Kind::bad_request);
    }
    for (const char* site : {"a\nb", "\xff"}) {
        CHECK_FALSE(attempt("u", site));
    }
    CHECK_FALSE(issue({.issuer = "a\nb", .user = "u", .site = "s"}, keys));
    CHECK_FALSE(issue({.audience = "\xff", .user = "u", .site = "s"}, keys));
    CHECK_FALSE(attempt("u", ""));
    CHECK_FALSE(attempt("u", std::string(129, 's')));
    CHECK(attempt("u", std::string(128, 's')));
    const TokenKeys none;
    const auto unsigned_token =
        issue({.issuer = {}, .audience = {}, .user = "u", .site = "s"}, none);
    REQUIRE_FALSE(unsigned_token);
    CHECK(unsigned_token.error().kind == Kind::internal);
}
