#include "site/origin.hpp"

#include <string>
#include "catch.hpp"

using namespace social;
using namespace social::site;

namespace {

Origin parsed(std::string_view text) {
    auto origin = parse_origin(text);
    INFO(text);
    REQUIRE(origin);
    return *origin;
}

bool admits(std::string_view origin, std::string_view url) {
    const auto redirect = parse_redirect_url(url);
    REQUIRE(redirect);
    return site::admits(parsed(origin), *redirect);
}

std::string_view refusal(std::string_view text) {
    const auto origin = parse_origin(text);
    INFO(text);
    REQUIRE_FALSE(origin);
    CHECK(origin.error().kind == Kind::bad_request);
    CHECK(origin.error().detail == text);
    return origin.error().what;
}

}  // namespace

TEST_CASE("an origin is scheme, host, port and path in one spelling", "[site]") {
    const Origin origin = parsed("HTTPS://MySite.Example:443/App/");
    CHECK(origin.scheme == "https");
    CHECK(origin.host == "mysite.example");
    CHECK(origin.port == "443");
    CHECK(origin.path == "/App");
    CHECK_FALSE(origin.wildcard);
    CHECK(parsed("http://mysite.example").port == "80");
    CHECK(parsed("https://mysite.example/").path.empty());
    CHECK(parsed("http://[::1]:8080").host == "[::1]");
}

TEST_CASE("an origin is written back as an operator would write it", "[site]") {
    CHECK(to_text(parsed("HTTPS://A.example:443/")) == "https://a.example");
    CHECK(to_text(parsed("http://a.example:8080/x/")) == "http://a.example:8080/x");
    CHECK(to_text(parsed("https://*.A.example")) == "https://*.a.example");
}

TEST_CASE("a wildcard is one label in front of the host", "[site]") {
    const Origin origin = parsed("https://*.example");
    CHECK(origin.wildcard);
    CHECK(origin.host == "example");
    CHECK(admits("https://*.example.com", "https://a.example.com/"));
    CHECK_FALSE(admits("https://*.example.com", "https://a.b.example.com/"));
    CHECK_FALSE(admits("https://*.example.com", "https://example.com/"));
    CHECK_FALSE(admits("https://*.example.com", "https://aexample.com/"));
    CHECK_FALSE(admits("https://*.example.com", "https://a.example.com.evil.com/"));
}

TEST_CASE("an origin admits its own path and what lies below it", "[site]") {
    for (const std::string_view origin : {"https://site/app", "https://site/app/"}) {
        CHECK(admits(origin, "https://site/app"));
        CHECK(admits(origin, "https://site/app?x"));
        CHECK(admits(origin, "https://site/app/"));
        CHECK(admits(origin, "https://site/app/x/y"));
        CHECK_FALSE(admits(origin, "https://site/application"));
        CHECK_FALSE(admits(origin, "https://site/App/"));
        CHECK_FALSE(admits(origin, "https://site/"));
        CHECK_FALSE(admits(origin, "https://site//app/"));
        CHECK_FALSE(admits(origin, "https://site/app%20"));
    }
}

TEST_CASE("scheme and port must be equal", "[site]") {
    CHECK(admits("https://site", "https://SITE:443/x"));
    CHECK_FALSE(admits("https://site", "http://site/x"));
    CHECK_FALSE(admits("https://site", "http://site:443/x"));
    CHECK_FALSE(admits("https://site", "https://site:8443/x"));
    CHECK(admits("https://site:8443", "https://site:8443/x"));
}

TEST_CASE("an origin that is none is refused with a remedy", "[site]") {
    using Catch::Contains;
    CHECK_THAT(std::string(refusal("mysite.example")), Contains("begins with its scheme"));
    CHECK_THAT(std::string(refusal("//mysite.example")), Contains("begins with its scheme"));
    CHECK_THAT(std::string(refusal("ftp://mysite.example")), Contains("begins with its scheme"));
    CHECK_THAT(std::string(refusal("*")), Contains("begins with its scheme"));
    CHECK_THAT(std::string(refusal("https://u@mysite.example")), Contains("user part"));
    CHECK_THAT(std::string(refusal("https://mysite.example/?a")), Contains("no query"));
    CHECK_THAT(std::string(refusal("https://mysite.example/#a")), Contains("no fragment"));
    CHECK_THAT(std::string(refusal("https://a.*.example")), Contains("whole first label"));
    CHECK_THAT(std::string(refusal("https://a*.example")), Contains("whole first label"));
    CHECK_THAT(std::string(refusal("https://*")), Contains("whole first label"));
    CHECK_THAT(std::string(refusal("https://*.*.example")), Contains("whole first label"));
    CHECK_THAT(std::string(refusal("https://*:443")), Contains("whole first label"));
    CHECK_THAT(std::string(refusal("https://*.")), Contains("host is missing"));
    CHECK_THAT(std::string(refusal("https://*.0.0.1")), Contains("IPv4"));
    CHECK_THAT(std::string(refusal("https://*.127.0.0.1")), Contains("address"));
    CHECK_THAT(std::string(refusal("https://*.[::1]")), Contains("address"));
    CHECK_THAT(std::string(refusal("https://127.0.0.01")), Contains("IPv4"));
    CHECK_THAT(std::string(refusal("https://0x7f.1")), Contains("IPv4"));
    CHECK_THAT(std::string(refusal("https://[::01]")), Contains("RFC 5952"));
    CHECK_THAT(std::string(refusal("https://mysite.example.")), Contains("end in a dot"));
    CHECK_THAT(std::string(refusal("https://b\xc3\xbc"
                                   "cher.example")),
               Contains("punycode"));
    CHECK_THAT(std::string(refusal("https://mysite.example:0443")), Contains("port"));
    CHECK_THAT(std::string(refusal("https://mysite.example:")), Contains("port"));
    CHECK_THAT(std::string(refusal("https://mysite.example/a/../b")), Contains("dot segment"));
    CHECK_THAT(std::string(refusal("https://mysite.example/a%2fb")), Contains("escape"));
    CHECK_THAT(std::string(refusal("https://mysite.example/a b")), Contains("character"));
    CHECK_THAT(std::string(refusal("https://mysite.example//a")), Contains("empty segments"));
    CHECK_THAT(std::string(refusal("https://")), Contains("host is missing"));
    CHECK_THAT(std::string(refusal("")), Contains("begins with its scheme"));
}
