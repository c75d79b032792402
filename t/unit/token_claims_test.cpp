#include "token/claims.hpp"

#include <limits>
#include <string>
#include "catch.hpp"

using namespace social;
using token::ClaimRules;
using token::parse_claims;
using token::validate;

namespace {

constexpr std::int64_t kNow = 1'700'000'000;
const std::string kSite = R"("sid":"169")";
const std::string kGood = R"("sid":"169","exp":1700000900)";

// Returns "" for a valid token, else the error text.
std::string verdict(const std::string& payload, const ClaimRules& rules = {},
                    std::int64_t now = kNow) {
    const auto parsed = parse_claims(payload);
    if (!parsed) {
        CHECK(parsed.error().kind == Kind::unauthenticated);
        return std::string(parsed.error().what);
    }
    const auto claims = validate(*parsed, rules, now);
    if (claims) {
        return "";
    }
    CHECK(claims.error().kind == Kind::unauthenticated);
    return std::string(claims.error().what);
}

std::string with(const std::string& members) {
    return "{" + kGood + "," + members + "}";
}
std::string expiring(const std::string& exp) {
    return "{" + kSite + R"(,"exp":)" + exp + "}";
}

}  // namespace

TEST_CASE("site and user of a token are its claims sid and sub", "[token]") {
    const auto parsed = parse_claims(with(R"("sub":"user@example.com","jti":"x")"));
    REQUIRE(parsed);
    const auto claims = validate(*parsed, {}, kNow);
    REQUIRE(claims);
    CHECK(claims->site_id == "169");
    CHECK(claims->user == "user@example.com");
    const auto nameless = parse_claims("{" + kGood + "}");
    REQUIRE(nameless);
    CHECK(validate(*nameless, {}, kNow)->user == "");
}

TEST_CASE("a token expires at exp, to the fraction of a second", "[token]") {
    CHECK(verdict(expiring("1700000001")) == "");
    CHECK(verdict(expiring("1700000000.5")) == "");
    CHECK(verdict(expiring("1.7000000005e9")) == "");
    CHECK(verdict(expiring("1700000000")) == "Expired token");
    CHECK(verdict(expiring("1699999999.9")) == "Expired token");
    CHECK(verdict(expiring("0")) == "Expired token");
    CHECK(verdict(expiring("0.0")) == "Expired token");
    CHECK(verdict(expiring("1")) == "Expired token");
}

TEST_CASE("a token without a numeric exp is invalid", "[token]") {
    CHECK(verdict("{" + kSite + "}") == "Invalid token");
    for (const char* exp : {R"("9999999999")",
                            "true",
                            "false",
                            "null",
                            "[]",
                            "{}",
                            "[9999999999]",
                            "-1",
                            "-0.5",
                            "-1e300",
                            "1e300",
                            "1e400",
                            "9223372036854775808",
                            "99999999999999999999",
                            "0x7fffffff",
                            "1700000900.",
                            ".5",
                            "+1700000900",
                            "01700000900",
                            "NaN",
                            "Infinity",
                            R"("")",
                            R"("inf")"}) {
        INFO(exp);
        CHECK(verdict(expiring(exp)) == "Invalid token");
    }
}

TEST_CASE("the latest exp does not overflow with any leeway", "[token]") {
    const auto most = std::numeric_limits<std::int64_t>::max();
    CHECK(verdict(expiring("9223372036854775807")) == "");
    CHECK(verdict(expiring("9223372036854775807"), {.leeway = most}) == "");
    CHECK(verdict(expiring("1"), {.leeway = most}) == "");
    CHECK(verdict(with(R"("nbf":9223372036854775807)")) == "Invalid token");
    CHECK(verdict(with(R"("nbf":9223372036854775807)"), {.leeway = most}) == "");
}

TEST_CASE("a token with nbf or iat in the future is invalid", "[token]") {
    for (const std::string claim : {"nbf", "iat"}) {
        INFO(claim);
        const auto value = [&claim](const std::string& text) {
            return with("\"" + claim + "\":" + text);
        };
        CHECK(verdict(value("1700000000")) == "");
        CHECK(verdict(value("1699999999.5")) == "");
        CHECK(verdict(value("0")) == "");
        for (const char* text : {"1700000001", "1700000000.5", "1e18", "1e300", "-1", "true",
                                 R"("1699999999")", "null", "[]", "{}"}) {
            INFO(text);
            CHECK(verdict(value(text)) == "Invalid token");
        }
    }
}

TEST_CASE("clock skew is accepted up to the leeway", "[token]") {
    const ClaimRules rules{.leeway = 30};
    CHECK(verdict(expiring("1699999971"), rules) == "");
    CHECK(verdict(expiring("1699999970"), rules) == "Expired token");
    CHECK(verdict(with(R"("nbf":1700000030)"), rules) == "");
    CHECK(verdict(with(R"("nbf":1700000031)"), rules) == "Invalid token");
    CHECK(verdict(with(R"("iat":1700000030)"), rules) == "");
    CHECK(verdict(with(R"("iat":1700000030.5)"), rules) == "Invalid token");
}

TEST_CASE("a configured issuer is compared as a whole", "[token]") {
    const ClaimRules rules{.issuer = "gateway.example"};
    CHECK(verdict(with(R"("iss":"gateway.example")"), rules) == "");
    CHECK(verdict(with(R"("iss":"anybody")")) == "");
    CHECK(verdict("{" + kGood + "}", rules) == "Invalid token");
    for (const char* issuer :
         {R"("gateway")", R"("gateway.example.evil")", R"("GATEWAY.EXAMPLE")", R"("")",
          R"(["gateway.example"])", "null", "1", R"("gateway.example ")"}) {
        INFO(issuer);
        CHECK(verdict(with(std::string(R"("iss":)") + issuer), rules) == "Invalid token");
    }
}

TEST_CASE("a configured audience equals aud or is a member of it", "[token]") {
    const ClaimRules rules{.audience = "good"};
    for (const char* audience : {R"("good")", R"(["good"])", R"(["a","good"])"}) {
        INFO(audience);
        CHECK(verdict(with(std::string(R"("aud":)") + audience), rules) == "");
    }
    CHECK(verdict(with(R"("aud":"other")")) == "");
    CHECK(verdict("{" + kGood + "}", rules) == "Invalid token");
    for (const char* audience :
         {R"("other")", R"(["a","b"])", "[]", "{}", R"({"good":1})", R"("goo")", R"("good2")",
          R"("Good")", R"(["goodness"])", R"([["good"]])", R"(["good",1])", "null", "true"}) {
        INFO(audience);
        CHECK(verdict(with(std::string(R"("aud":)") + audience), rules) == "Invalid token");
    }
}

TEST_CASE("a token without a site id is invalid", "[token]") {
    const auto site = [](const std::string& sid) {
        return R"({"exp":1700000900,"sid":)" + sid + "}";
    };
    CHECK(verdict(site("\"" + std::string(128, 's') + "\"")) == "");
    CHECK(verdict(R"({"exp":1700000900})") == "Invalid token");
    for (const std::string& sid :
         {std::string(R"("")"), std::string("169"), std::string("null"), std::string("true"),
          std::string(R"(["169"])"), "\"" + std::string(129, 's') + "\"", std::string(R"("16\n9")"),
          std::string(R"("169\u0000")")}) {
        INFO(sid);
        CHECK(verdict(site(sid)) == "Invalid token");
    }
}

TEST_CASE("a user with control characters is invalid", "[token]") {
    CHECK(verdict(with(R"("sub":"J\u00fcrgen, \"the\" user")")) == "");
    for (const char* user : {R"("a\r\nX-Social-User: b")", R"("a\u0000b")", R"("a\u007f")", "1",
                             "null", "[]", "{}", "true"}) {
        INFO(user);
        CHECK(verdict(with(std::string(R"("sub":)") + user)) == "Invalid token");
    }
}

TEST_CASE("a token of an unconfigured site is invalid, expired or not", "[token]") {
    const site::Site known{.id = "169"};
    ClaimRules rules;
    rules.find_site = [&known](std::string_view id) { return id == known.id ? &known : nullptr; };
    CHECK(verdict("{" + kGood + "}", rules) == "");
    CHECK(validate(*parse_claims("{" + kGood + "}"), rules, kNow)->site == &known);
    CHECK(verdict(R"({"sid":"170","exp":1700000900})", rules) == "Invalid token");
    CHECK(verdict(R"({"sid":"170","exp":1})", rules) == "Invalid token");
    CHECK(verdict(R"({"sid":"169","exp":1})", rules) == "Expired token");
}

TEST_CASE("a token is reported as expired only if it is valid otherwise", "[token]") {
    const ClaimRules rules{.issuer = "good", .audience = "good"};
    const std::string right = R"("iss":"good","aud":"good")";
    const std::string old = R"("exp":1)";
    CHECK(verdict("{" + kSite + "," + right + "," + old + "}", rules) == "Expired token");
    for (const std::string& wrong :
         {R"({"sid":"169","aud":"good",)" + old + "}",
          R"({"sid":"169","iss":"good","aud":"bad",)" + old + "}", "{" + right + "," + old + "}",
          R"({"sid":"169","nbf":1800000000,)" + right + "," + old + "}",
          R"({"sid":"169","iat":1800000000,)" + right + "," + old + "}",
          R"({"sid":"169","sub":7,)" + right + "," + old + "}",
          "{" + kSite + "," + right + "," + old + "," + old + "}"}) {
        INFO(wrong);
        CHECK(verdict(wrong, rules) == "Invalid token");
    }
}

TEST_CASE("a payload that is not one strict JSON object is invalid", "[token]") {
    const std::string good = "{" + kGood + "}";
    for (const std::string& payload : {
             std::string(),
             "[" + good + "]",
             std::string(R"("text")"),
             std::string("null"),
             std::string("1700000900"),
             good + "x",
             good + good,
             good + std::string(1, '\0'),
             "\xef\xbb\xbf" + good,
             good.substr(0, good.size() - 1),
             with(R"("sid":"170")"),
             with(R"("\u0073id":"170")"),
             with(R"("a":{"b":1,"b":2})"),
             with("\"a\":\"\xff\""),
             with("\"a\":\"\xc0\xaf\""),
             with("\"a\":\"\xed\xa0\x80\""),
             with(R"("a":"\ud800")"),
             with("\"a\":1,"),
             with("\"a\":'b'"),
             with("\"a\":1e400"),
             with("\"a\":" + std::string(10000, '[') + std::string(10000, ']')),
             with("\"a\":" + std::string(33, '[') + std::string(33, ']')),
             with("\"a\":\"" + std::string(1 << 20, 'x') + "\""),
         }) {
        INFO(payload.substr(0, 100));
        CHECK(verdict(payload) == "Invalid token");
    }
    CHECK(verdict(with("\"a\":" + std::string(20, '[') + std::string(20, ']'))) == "");
}

TEST_CASE("parsed claims are validated again for each rule and time", "[token]") {
    const std::string payload = "{" + kSite + R"(,"iss":"a","nbf":1700000000,"exp":1700000900})";
    for (int i = 0; i < 3; ++i) {
        CHECK(verdict(payload, {.issuer = "a"}) == "");
        CHECK(verdict(payload, {.issuer = "b"}) == "Invalid token");
        CHECK(verdict(payload, {}, kNow - 1) == "Invalid token");
        CHECK(verdict(payload, {.leeway = 1}, kNow - 1) == "");
        CHECK(verdict(payload, {}, kNow + 900) == "Expired token");
        CHECK(verdict("", {}) == "Invalid token");
        CHECK(verdict("{}", {}) == "Invalid token");
    }
}
