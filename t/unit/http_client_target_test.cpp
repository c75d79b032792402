#include "http_client/target.hpp"

#include <string>
#include <string_view>
#include <utility>
#include "catch.hpp"

namespace {

using social::Kind;
using social::Result;
using social::base::HttpRequest;
using social::loop::Target;
using social::loop::target_of;

Result<Target> target(std::string url) {
    return target_of(HttpRequest("GET", std::move(url)));
}

bool is_refused(std::string url, std::string_view why) {
    const Result<Target> found = target(std::move(url));
    return !found && found.error().kind == Kind::provider_unavailable && found.error().what == why;
}

constexpr std::string_view kNotHttps = "the provider's URL is not https";
constexpr std::string_view kMalformed = "the provider's URL is malformed";

}  // namespace

TEST_CASE("a request goes to the host and port of its URL", "[http_client]") {
    const Result<Target> plain = target("https://graph.example/v1/me?fields=id");
    REQUIRE(plain);
    CHECK(plain->host == "graph.example");
    CHECK(plain->port == 443);
    CHECK(plain->encrypted);
    CHECK(plain->named);
    const Result<Target> other = target("HTTPS://graph.example:8443");
    REQUIRE(other);
    CHECK(other->port == 8443);
    const Result<Target> six = target("https://[2001:db8::1]/");
    REQUIRE(six);
    CHECK(six->host == "2001:db8::1");
    CHECK_FALSE(six->named);
    const Result<Target> four = target("https://192.0.2.1/");
    REQUIRE(four);
    CHECK_FALSE(four->named);
    CHECK_FALSE(target("https://localhost/").value().named);
}

TEST_CASE("clear text goes to this machine alone", "[http_client]") {
    for (const std::string host : {"127.0.0.1", "127.255.0.3", "[::1]", "localhost", "LocalHost"}) {
        INFO(host);
        const Result<Target> found = target("http://" + host + ":8080/token");
        REQUIRE(found);
        CHECK(found->port == 8080);
        CHECK_FALSE(found->encrypted);
        CHECK_FALSE(found->named);
    }
    for (const std::string host :
         {"graph.example", "128.0.0.1", "126.255.255.255", "10.0.0.1", "169.254.169.254", "0.0.0.0",
          "[::]", "[::2]", "[::ffff:127.0.0.1]", "localhost.example", "127.0.0.1.example",
          "localhost."}) {
        INFO(host);
        CHECK(is_refused("http://" + host + "/", kNotHttps));
    }
}

TEST_CASE("a URL of another scheme is refused", "[http_client]") {
    for (const std::string url :
         {"", "/", "graph.example", "//graph.example/", "ftp://graph.example/",
          "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "httpss://graph.example/",
          "https:graph.example", "https:/graph.example/", "https:///graph.example/",
          "http:///127.0.0.1/", "https://", "http://", "javascript:https://graph.example/"}) {
        INFO(url);
        CHECK(is_refused(url, kNotHttps));
    }
}

TEST_CASE("a URL without a host, with a user or with another port than a number is refused",
          "[http_client]") {
    for (const std::string url :
         {"https://?x", "https://#x", "https://:443/", "https://user@graph.example/",
          "https://user:word@graph.example/", "https://@graph.example/", "http://u@127.0.0.1/",
          "https://graph.example:65536/", "https://graph.example:x/", "https://graph.example:-1/",
          "https://[::1/", "https://[::g]/"}) {
        INFO(url);
        CHECK(is_refused(url, kMalformed));
    }
}

TEST_CASE("a URL with octets that no URL has is refused wherever they are", "[http_client]") {
    using namespace std::string_literals;
    for (const std::string& bad : {"\r"s, "\n"s, "\r\nHost: other"s, "\0"s, "\t"s, " "s, "\x01"s,
                                   "\x7f"s, "\x80"s, "\xc3\xa4"s}) {
        INFO(bad);
        CHECK(is_refused(bad + "https://graph.example/", kMalformed));
        CHECK(is_refused("https://graph" + bad + ".example/", kMalformed));
        CHECK(is_refused("https://graph.example/" + bad, kMalformed));
        CHECK(is_refused("https://graph.example/?a=" + bad + "b", kMalformed));
    }
}

TEST_CASE("a URL has 8,192 bytes at most", "[http_client]") {
    const std::string start = "https://graph.example/";
    CHECK(target(start + std::string(8192 - start.size(), 'a')));
    CHECK(is_refused(start + std::string(8193 - start.size(), 'a'), kMalformed));
}

TEST_CASE("a method that is no short token is refused", "[http_client]") {
    for (const std::string_view method : {"GET", "DELETE", "M-SEARCH", "ABCDEFGHIJKLMNOP"}) {
        CHECK(target_of(HttpRequest(method, "https://graph.example/")));
    }
    for (const std::string_view method :
         {"", "GET ", "GE T", "GET\r\n", "G\x80", "GET:", "ABCDEFGHIJKLMNOPQ"}) {
        INFO(method);
        const auto found = target_of(HttpRequest(method, "https://graph.example/"));
        REQUIRE_FALSE(found);
        CHECK(found.error().kind == Kind::internal);
        CHECK(found.error().what == "the request's method is malformed");
    }
}

TEST_CASE("a header that could end its line is refused, and its value is not told",
          "[http_client]") {
    const auto with = [](std::string name, std::string value) {
        HttpRequest request("GET", "https://graph.example/");
        request.headers.push_back({.name = "Accept", .value = "*/*"});
        request.headers.push_back({.name = std::move(name), .value = std::move(value)});
        return target_of(request);
    };
    CHECK(with("Authorization", "Bearer \tabc"));
    CHECK(with("X-Empty", ""));
    const std::string nul(1, '\0');
    for (const std::string value : {"a\rb", "a\nb", "a\r\nHost: other", "\x01", "\x7f"}) {
        const auto found = with("Authorization", value);
        REQUIRE_FALSE(found);
        CHECK(found.error().kind == Kind::internal);
        CHECK(found.error().what == "a header of the request is malformed");
        CHECK(found.error().detail == "Authorization");
    }
    CHECK_FALSE(with("Authorization", "a" + nul));
    for (const std::string name : {"", "Accept ", "Acc ept", "Accept:", "Accept\r\nHost", "\x80"}) {
        INFO(name);
        CHECK_FALSE(with(name, "value"));
    }
}
