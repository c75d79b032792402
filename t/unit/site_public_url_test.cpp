// What browsers know the gateway by: site/public_url.
#include <string>
#include "catch.hpp"

#include "site/public_url.hpp"

using namespace social;
using site::parse_public_url;

TEST_CASE("a public URL is kept as it is written, without slashes at its end", "[site]") {
    CHECK(parse_public_url("https://gateway.example") == "https://gateway.example");
    CHECK(parse_public_url("https://gateway.example/") == "https://gateway.example");
    CHECK(parse_public_url("https://gateway.example//") == "https://gateway.example");
    CHECK(parse_public_url("https://Gateway.Example:8443") == "https://Gateway.Example:8443");
    CHECK(parse_public_url("http://127.0.0.1:8080") == "http://127.0.0.1:8080");
    CHECK(parse_public_url("http://[::1]:8080/") == "http://[::1]:8080");
    CHECK(parse_public_url("http://gateway") == "http://gateway");
    CHECK(parse_public_url("HTTPS://gateway.example") == "https://gateway.example");
    CHECK(parse_public_url("https://gateway.example/social/") == "https://gateway.example/social");
}

TEST_CASE("what is no scheme, host, port and path is no public URL", "[site]") {
    for (const std::string text : {"",
                                   "/",
                                   "gateway.example",
                                   "//gateway.example",
                                   "ftp://gateway.example",
                                   "https:",
                                   "https://",
                                   "https:///",
                                   "https:///x",
                                   "https://user@gateway.example",
                                   "https://user:password@gateway.example",
                                   "https://gateway.example:",
                                   "https://gateway.example:0",
                                   "https://gateway.example:99999",
                                   "https://gateway.example:x",
                                   "https://gateway.example:1:2",
                                   "https://:443",
                                   "https://[::1",
                                   "https://a]b",
                                   "https://a b",
                                   "https://a\tb",
                                   "https://a\r\nb",
                                   "https://a\\b",
                                   "https://a,b",
                                   "https://%41",
                                   "https://gateway..example",
                                   "https://gateway.example.",
                                   "https://gateway.example?x",
                                   "https://gateway.example/?x",
                                   "https://gateway.example#x",
                                   "https://gateway.example/#x",
                                   "https://gateway.example/a/../b",
                                   "https://gateway.example/%2e%2e/",
                                   "https://gateway.example/a b",
                                   "https://gateway.example/\"x",
                                   "javascript:alert(1)"}) {
        CAPTURE(text);
        const auto parsed = parse_public_url(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == Kind::bad_request);
    }
}
