// What published advisories and test corpora of comparable gateways send as a
// return address, against a registry with the sites that they attack. Every row is sent
// raw, percent-encoded once, and encoded twice; twice is always refused.

#include <string>
#include <string_view>
#include <vector>
#include "catch.hpp"

#include "base/percent.hpp"
#include "site/origin.hpp"
#include "site/registry.hpp"

using namespace social;
using namespace social::site;

namespace {

const Registry& sites() {
    static const Registry registry = [] {
        Registry made;
        REQUIRE(
            made.add({.id = "1", .origins = {*parse_origin("https://good.com")}, .place = "a:1"}));
        REQUIRE(made.add(
            {.id = "2", .origins = {*parse_origin("https://*.wild.com")}, .place = "a:2"}));
        REQUIRE(made.add(
            {.id = "3", .origins = {*parse_origin("https://scoped.com/app/")}, .place = "a:3"}));
        return made;
    }();
    return registry;
}

// What /{p}/auth does with a raw query.
bool admitted(const std::string& raw_query) {
    const auto text = redirect_url_argument(raw_query);
    if (!text) {
        CHECK(text.error().kind == Kind::wrong_site);
        return false;
    }
    const auto url = parse_redirect_url(*text);
    if (!url) {
        CHECK(url.error().kind == Kind::wrong_site);
        return false;
    }
    return sites().match(*url) != nullptr;
}

void refused_in_every_encoding(std::string_view input) {
    CAPTURE(input);
    const auto once = base::percent_encode(input);
    CHECK_FALSE(admitted("redirectUrl=" + std::string(input)));
    CHECK_FALSE(admitted("redirectUrl=" + once));
    CHECK_FALSE(admitted("redirectUrl=" + base::percent_encode(once)));
}

void admitted_unless_encoded_twice(std::string_view input) {
    CAPTURE(input);
    const auto once = base::percent_encode(input);
    CHECK(admitted("redirectUrl=" + std::string(input)));
    CHECK(admitted("redirectUrl=" + once));
    CHECK_FALSE(admitted("redirectUrl=" + base::percent_encode(once)));
}

struct Row {
    std::string_view name;
    std::vector<std::string_view> inputs;
};

const std::vector<Row> kRefused = {
    {"protocol-relative",
     {"//evil.com", "///evil.com", "////evil.com/%2e%2e", "//good.com@evil.com", "//good.com"}},
    {"backslashes, CVE-2020-5233, CVE-2021-32786",
     {"/\\evil.com", "\\/evil.com", "\\\\evil.com", "/\\/evil.com", "/%5cevil.com",
      "/%5c%2fevil.com", "https://good.com/%5cevil.com"}},
    {"white space, CVE-2020-11053, CVE-2022-23527",
     {"/%09/evil.com", "/%0a/evil.com", "/%0d/evil.com", "/%0b/evil.com", "/%0c/evil.com",
      "/%20/evil.com", "/%09%5cevil.com", "https://good.com/%09/", "https://good.com/%0b"}},
    {"dot segments, CVE-2020-4037",
     {"/./\\evil.com", "/../\\evil.com", "/./../../\\evil.com", "/x/..//evil.com",
      "https://good.com/x/..//evil.com"}},
    {"missing slashes, CVE-2019-13038",
     {"https:evil.com", "https:/evil.com", "https:///evil.com", "http:www.evil.com",
      "https:\\\\evil.com", "https:/\\evil.com", "https:good.com", "https:/good.com",
      "https:///good.com"}},
    {"user parts",
     {"https://good.com@evil.com", "https://good.com:443@evil.com", "https://good.com%40evil.com",
      "https://u:p@good.com/", "https://@good.com/", "https://evil.com@good.com/"}},
    {"backslash in the authority, CVE-2021-39191",
     {"https://evil.com\\@good.com", "https://good.com\\@evil.com", "https://evil.com\\.good.com",
      "https://evil.com%5c.good.com"}},
    {"look-alike hosts, CVE-2021-21291",
     {"https://good.com.evil.com", "https://evilgood.com", "https://evil-good.com",
      "https://good.comevil", "https://xgood.com"}},
    {"allow-lists as patterns",
     {"https://goodXcom/", "https://evil.com/https://good.com/",
      "https://evil.com?https://good.com", "https://wild.com.evil.com/", "https://a.b.wild.com/",
      "https://wild.com/", "https://.wild.com/", "https://*.wild.com/", "https://xwild.com/"}},
    {"cut or escaped authorities",
     {"https://evil.com#good.com", "https://evil.com#@good.com", "https://evil.com;good.com",
      "https://evil.com%23.good.com", "https://evil.com%2f.good.com",
      "https://evil.com%3f.good.com"}},
    {"NUL",
     {"https://good.com%00.evil.com", "https://evil.com%00.good.com", "https://good.com/%00"}},
    {"Unicode hosts",
     {"https://good.com%2eevil.com", "https://good%E3%80%82com", "https://good.com%E2%80%8B",
      "%E3%80%B5evil.com", "https://\xef\xbd\x87ood.com", "https://xn--god-1na.com",
      "https://good.com%E3%80%82"}},
    {"trailing dot", {"https://good.com.", "https://good.com./"}},
    {"ports",
     {"https://good.com:8443/", "https://good.com:0443/", "https://good.com:/",
      "https://good.com:99999/", "https://good.com:-1/", "https://good.com:443abc/",
      "https://good.com:\xef\xbc\x94\xef\xbc\x94\xef\xbc\x93/"}},
    {"schemes",
     {"http://good.com/", "ftp://good.com", "http://good.com:443/", "httpss://good.com",
      "ws://good.com/"}},
    {"addresses, CVE-2026-26310",
     {"http://2130706433", "http://0x7f.1", "http://0177.0.0.1", "http://[::1]",
      "http://[::ffff:127.0.0.1]", "http://[fe80::1%25eth0]", "http://[::1", "http://["}},
    {"schemes that run code",
     {"javascript:alert(1)", "ja%0Ava%09script%0d:alert(1)", "javascript://good.com/%0aalert(1)",
      "data:text/html,x", "vbscript:", "file:///etc/passwd", "blob:", "blob:https://good.com/x",
      "intent://good.com"}},
    {"header splitting",
     {"https://good.com/%0d%0aSet-Cookie:a=b", "https://good.com/%0d", "https://good.com/%0a",
      "https://good.com/%E5%98%8A%E5%98%8D", "https://good.com/?a=%0d%0aSet-Cookie:a=b",
      "https://good.com/#%0d%0a", "https://good.com/\r\nSet-Cookie:a=b"}},
    {"malformed escapes, CVE-2022-31093",
     {"https://good.com/%", "https://good.com/%2", "https://good.com/%zz",
      "https://good.com/%u0041", "https://good.com/%ff%fe", "https://good.com/%c0%af%c0%afevil.com",
      "%", "%2", "%zz", "%u0041", "%ff%fe", "%c0%af%c0%afevil.com"}},
    {"out of the scope of an origin",
     {"https://scoped.com/app/../admin", "https://scoped.com/app/..%2fadmin",
      "https://scoped.com/app%2f..%2fadmin", "https://scoped.com/app/%2e%2e/admin",
      "https://scoped.com/application", "//scoped.com/app/", "https://scoped.com/",
      "https://scoped.com", "https://scoped.com/APP/", "https://scoped.com//app/",
      "https://scoped.com/app;x/", "https://scoped.com/app/..;/admin",
      "https://scoped.com/x/app/"}},
    {"a sessionId of its own",
     {"https://good.com/cb?sessionId=attacker", "https://good.com/cb?sessionid=attacker",
      "https://good.com/cb#sessionId=attacker", "https://good.com/cb?session%49d=attacker"}},
    {"relative",
     {"/path", "path", "?x", "#x", ".", "..", "good.com", "good.com/path", "good.com:443/"}},
    {"common words of open-redirect lists",
     {"/%2f%2fevil.com",
      "/evil.com//",
      "//evil.com/%2f..",
      "https://evil.com/good.com",
      "//evil%E3%80%82com",
      "/.evil.com",
      "///\\;@evil.com",
      "//\\/evil.com/",
      "https://good.com%252f@evil.com",
      "https://evil.com/.good.com",
      "//google%00.com",
      "/https://evil.com",
      "https://;@evil.com",
      "https://good.com;@evil.com",
      "https://good.com:@evil.com",
      "https://evil.c\xe2\x84\x80m",
      "https://\xe2\x92\xbaood.com",
      "<>//evil.com",
      "x:https://good.com",
      "https://good.com\t.evil.com",
      "https://good.com .evil.com",
      "%68ttps://good.com/\\",
      "https%3a//evil.com",
      "@good.com"}},
};

const std::vector<std::string_view> kAdmitted = {
    "https://good.com",           "https://GOOD.com/",
    "HTTPS://good.com/",          "https://good.com:443/",
    "https://good.com/cb?a=1",    "https://good.com/cb#frag",
    "https://good.com/cb?",       "https://good.com/?next=https://evil.com",
    "https://a.wild.com/",        "https://good.com/r?u=//evil",
    "https://scoped.com/app",     "https://scoped.com/app/",
    "https://scoped.com/app/x?y", "https://scoped.com/app?x",
    "https://scoped.com/app#x",
};

}  // namespace

TEST_CASE("no published redirect attack is admitted in any encoding", "[site]") {
    for (const Row& row : kRefused) {
        INFO(row.name);
        for (const std::string_view input : row.inputs) {
            refused_in_every_encoding(input);
        }
    }
}

TEST_CASE("what a site may use is admitted, but not when it is encoded twice", "[site]") {
    for (const std::string_view input : kAdmitted) {
        admitted_unless_encoded_twice(input);
    }
}

TEST_CASE("an escape of the redirectUrl itself has to be encoded once more", "[site]") {
    CHECK(admitted("redirectUrl=https%3A%2F%2Fgood.com%2Fa%2520b"));
    CHECK_FALSE(admitted("redirectUrl=https://good.com/a%20b"));
    CHECK(admitted("redirectUrl=https://scoped.com/%61pp/"));
    CHECK_FALSE(admitted("redirectUrl=https%3A%2F%2Fscoped.com%2F%2561pp%2F"));
}

TEST_CASE("an ampersand that is not escaped begins another parameter", "[site]") {
    CHECK(redirect_url_argument("redirectUrl=https://good.com&@evil.com") == "https://good.com");
    CHECK_FALSE(admitted("redirectUrl=https%3A%2F%2Fgood.com%26@evil.com"));
}

TEST_CASE("evil behind the limit of the length is not cut off", "[site]") {
    for (const std::size_t size : {std::size_t{2048}, std::size_t{8192}, std::size_t{65536}}) {
        refused_in_every_encoding("https://good.com/" + std::string(size, 'a') + "@evil.com");
        refused_in_every_encoding("https://" + std::string(size, 'a') + ".good.com");
    }
}
