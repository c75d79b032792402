#include "site/redirect_url.hpp"

#include <string>
#include <vector>
#include "catch.hpp"

using namespace social;
using namespace social::site;

namespace {

RedirectUrl parsed(std::string_view text) {
    auto url = parse_redirect_url(text);
    INFO(text);
    REQUIRE(url);
    return *url;
}

void is_wrong_site(const Error& error) {
    CHECK(error.kind == Kind::wrong_site);
    CHECK(error.what == "Wrong site url");
}

std::string joined(std::string_view text, std::string_view fragment = "") {
    return with_session_id(parsed(text), "ID", fragment);
}

}  // namespace

TEST_CASE("a redirectUrl is taken apart without a change to its text", "[site]") {
    const auto url = parsed("HTTPS://Good.COM:8443/a%20b/c;d?x=1&y=%41#frag?/ment");
    CHECK(url.scheme == "https");
    CHECK(url.host == "good.com");
    CHECK(url.port == "8443");
    CHECK(url.path == "/a%20b/c;d");
    CHECK(url.query == "x=1&y=%41");
    CHECK(url.has_query);
    CHECK(url.fragment == "frag?/ment");
    CHECK(url.has_fragment);
    CHECK(url.text == "HTTPS://Good.COM:8443/a%20b/c;d?x=1&y=%41#frag?/ment");
}

TEST_CASE("a missing path becomes a slash", "[site]") {
    CHECK(parsed("https://site").text == "https://site/");
    CHECK(parsed("https://site").path == "/");
    CHECK(parsed("https://site?x=1").text == "https://site/?x=1");
    CHECK(parsed("https://site#f").text == "https://site/#f");
    CHECK(parsed("https://site:8443?#").text == "https://site:8443/?#");
    CHECK(parsed("https://site/").text == "https://site/");
}

TEST_CASE("default ports are written out for comparison and left out of the text", "[site]") {
    CHECK(parsed("https://site/").port == "443");
    CHECK(parsed("http://site/").port == "80");
    CHECK(parsed("https://site:443/").port == "443");
    CHECK(parsed("https://site:443/").text == "https://site:443/");
    CHECK(parsed("https://site:65535/").port == "65535");
    CHECK(parsed("http://site:443/").port == "443");
}

TEST_CASE("escapes that hide nothing stay as they are", "[site]") {
    for (const std::string_view text :
         {"https://good.com/a%20b", "https://good.com/%41%7e", "https://good.com/%C3%A9",
          "https://good.com/a%2520b", "https://good.com/100%25", "https://good.com/?q=a+b&r[]=%26",
          "https://good.com/?q={|}^", "https://good.com/cb?next=https://evil.com",
          "https://good.com/...", "https://good.com/.well-known/x", "https://good.com/a..b/",
          "https://good.com//double", "https://good.com/?v=..", "https://good.com/%F0%9F%98%80",
          "https://good.com/#%E4%B8%AD"}) {
        CAPTURE(text);
        CHECK(parsed(text).text == text);
    }
}

TEST_CASE("octets that browsers rewrite are refused", "[site]") {
    for (const std::string_view text :
         {"https://good.com/a b",         "https://good.com/a\tb",     " https://good.com/",
          "https://good.com/ ",           "https://good.com/\n",       "https://good.com/a\\b",
          "https://good.com/?a\\b",       "https://good.com/#a\\b",    "https://good.com\\",
          "https://good.com/\x7f",        "https://good.com/\xc3\xa9", "https://good.com/?\xc3\xa9",
          "https://good.com/\"><script>", "https://good.com/?<",       "https://good.com/#`",
          "https://good.com/#a#b",        "https://good.com/{a}",      "https://good.com/a|b",
          "https://good.com/[a]",         "https://good.com/?\x01",    "\thttps://good.com/",
          "https://go\tod.com/",          "https://good.com/?a=%20\n"}) {
        CAPTURE(text);
        const auto url = parse_redirect_url(text);
        REQUIRE_FALSE(url);
        is_wrong_site(url.error());
    }
    CHECK_FALSE(parse_redirect_url(std::string_view("https://good.com/\0", 18)));
}

TEST_CASE("escapes that hide something are refused in every part", "[site]") {
    const std::vector<std::string> hidden = {"%00",       "%09",        "%0a",
                                             "%0D",       "%1f",        "%7F",
                                             "%2f",       "%2F",        "%5c",
                                             "%5C",       "%",          "%2",
                                             "%zz",       "%u0041",     "%ff%fe",
                                             "%c0%af",    "%c0%ae",     "%ed%a0%80",
                                             "%C2%85",    "%E2%80%A8",  "%E5%98%8A%E5%98%8D",
                                             "%E5%98%8D", "%252f",      "%252e",
                                             "%255c",     "%250d%250a", "%25252e",
                                             "%C3",       "%80"};
    for (const std::string part : {"/a", "/?a=", "/?", "/#"}) {
        for (const std::string& escape : hidden) {
            const auto text = "https://good.com" + part + escape;
            CAPTURE(text);
            CHECK_FALSE(parse_redirect_url(text));
        }
    }
}

TEST_CASE("dot segments are refused in whatever spelling", "[site]") {
    for (const std::string segment : {".", "..", "%2e", "%2E.", ".%2e", "%2e%2E", "..;", "..;x=1",
                                      ".;", "%2e%2e%3bx", "%252e%252e", "..%2f", "..%5c"}) {
        for (const std::string tail : {"", "/", "/x", "?q", "#f"}) {
            const auto text = "https://good.com/app/" + segment + tail;
            CAPTURE(text);
            CHECK_FALSE(parse_redirect_url(text));
        }
    }
}

TEST_CASE("hosts are ASCII names or canonical addresses", "[site]") {
    CHECK(parsed("http://127.0.0.1:8080/").host == "127.0.0.1");
    CHECK(parsed("http://[::1]:8080/").host == "[::1]");
    CHECK(parsed("http://[2001:DB8::1]/").host == "[2001:db8::1]");
    CHECK(parsed("http://localhost/").host == "localhost");
    CHECK(parsed("https://xn--bcher-kva.example/").host == "xn--bcher-kva.example");
    CHECK(parsed("https://1a.example/").host == "1a.example");
    CHECK(parsed("https://" + std::string(63, 'a') + ".example/").port == "443");
    for (const std::string& host : std::vector<std::string>{"",
                                                            ".",
                                                            "good.com.",
                                                            ".good.com",
                                                            "good..com",
                                                            "-a.com",
                                                            "a-.com",
                                                            "good_.com",
                                                            "*.good.com",
                                                            "good.com%2e",
                                                            "%67ood.com",
                                                            "2130706433",
                                                            "0x7f.1",
                                                            "0177.0.0.1",
                                                            "127.1",
                                                            "127.0.0.1.",
                                                            "127.0.0.01",
                                                            "1.2.3.256",
                                                            "a.0x7f",
                                                            "a.1",
                                                            "0x",
                                                            "0",
                                                            "[",
                                                            "]",
                                                            "[]",
                                                            "[::1",
                                                            "::1",
                                                            "[::1]a",
                                                            "[::ffff:127.0.0.1]",
                                                            "[::ffff:7f00:1]",
                                                            "[::7f00:1]",
                                                            "[fe80::1%25eth0]",
                                                            "[fe80::1%eth0]",
                                                            "[0:0:0:0:0:0:0:1]",
                                                            "[::01]",
                                                            "[1::2::3]",
                                                            "[v1.x]",
                                                            "a,b",
                                                            "a;b",
                                                            "a'b",
                                                            "a!b",
                                                            "a$b",
                                                            "a(b)",
                                                            std::string(64, 'a') + ".example",
                                                            std::string(300, 'a'),
                                                            "good.com@",
                                                            "@good.com",
                                                            "a:b@good.com",
                                                            "xn--b\xc3\xbc"}) {
        CAPTURE(host);
        CHECK_FALSE(parse_redirect_url("https://" + host + "/"));
    }
    std::string longest = "a";
    while (longest.size() < 253) {
        longest += ".a";
    }
    CHECK(parse_redirect_url("https://" + longest));
    CHECK_FALSE(parse_redirect_url("https://a" + longest));
}

TEST_CASE("ports are plain numbers", "[site]") {
    for (const std::string_view port :
         {":", ":0", ":00", ":0443", ":65536", ":99999", ":-1", ":+1", ":443abc", ":4 43", ": 443",
          ":443:443", ":\xef\xbc\x94", ":%34", ":4294967739"}) {
        CAPTURE(port);
        CHECK_FALSE(parse_redirect_url("https://good.com" + std::string(port) + "/"));
        CHECK_FALSE(parse_redirect_url("https://[::1]" + std::string(port)));
    }
}

TEST_CASE("a sessionId of its own refuses a redirectUrl", "[site]") {
    for (const std::string_view tail :
         {"?sessionId=attacker", "?sessionid=",      "?SESSIONID",       "?a=1&sessionId=x",
          "?session%49d=x",      "?%73essionId=x",   "?sessionId[]=x",   "?sessionId%5B0%5D=x",
          "?%20sessionId=x",     "?+sessionId=x",    "?sessionId+=x",    "?a;sessionId=x",
          "#sessionId=x",        "#SessionId",       "#a&session%49d=x", "#/route?sessionId=x",
          "#!sessionId=x",       "#!/a/sessionId=x", ";sessionId=x",     ";a;SessionID=x/b",
          "?&&sessionId=x"}) {
        CAPTURE(tail);
        CHECK_FALSE(parse_redirect_url("https://good.com/cb" + std::string(tail)));
    }
    for (const std::string_view tail : {"?sort=sessionId", "?mysessionId=1", "?sessionIds=1",
                                        "?session=1", "#session", "/sessionId", "?session_id=1"}) {
        CAPTURE(tail);
        CHECK(parse_redirect_url("https://good.com/cb" + std::string(tail)));
    }
}

TEST_CASE("a redirectUrl has at most 2048 bytes and is never cut", "[site]") {
    const std::string front = "https://good.com/";
    CHECK(parse_redirect_url(front + std::string(kMaxRedirectUrl - front.size(), 'a')));
    CHECK_FALSE(parse_redirect_url(front + std::string(kMaxRedirectUrl - front.size() + 1, 'a')));
    CHECK_FALSE(parse_redirect_url(front + std::string(8192, 'a') + "@evil.com"));
    CHECK_FALSE(parse_redirect_url(front + std::string(65536, 'a')));
    // Here the slash that is added would be the 2049th byte.
    CHECK_FALSE(
        parse_redirect_url("https://good.com?" + std::string(kMaxRedirectUrl - front.size(), 'a')));
}

TEST_CASE("sessionId joins the query in front of the fragment", "[site]") {
    CHECK(joined("https://good.com") == "https://good.com/?sessionId=ID");
    CHECK(joined("https://good.com/cb") == "https://good.com/cb?sessionId=ID");
    CHECK(joined("https://good.com/cb?a=1") == "https://good.com/cb?a=1&sessionId=ID");
    CHECK(joined("https://good.com/cb?") == "https://good.com/cb?sessionId=ID");
    CHECK(joined("https://good.com/cb?a=1&") == "https://good.com/cb?a=1&sessionId=ID");
    CHECK(joined("https://good.com/cb#frag") == "https://good.com/cb?sessionId=ID#frag");
    CHECK(joined("https://good.com?a=1") == "https://good.com/?a=1&sessionId=ID");
}

TEST_CASE("the provider's fragment is added only where there is none", "[site]") {
    CHECK(joined("https://good.com/cb", "#_=_") == "https://good.com/cb?sessionId=ID#_=_");
    CHECK(joined("https://good.com/cb?a", "#_=_") == "https://good.com/cb?a&sessionId=ID#_=_");
    CHECK(joined("https://good.com/cb#frag", "#_=_") == "https://good.com/cb?sessionId=ID#frag");
    CHECK(joined("https://good.com/cb#", "#_=_") == "https://good.com/cb?sessionId=ID#");
}

TEST_CASE("the one redirectUrl of a query is decoded once", "[site]") {
    CHECK(redirect_url_argument("redirectUrl=https%3A%2F%2Fgood.com%2Fcb%3Fa%3D1%26b%3D2%23f") ==
          "https://good.com/cb?a=1&b=2#f");
    CHECK(redirect_url_argument("redirectUrl=https://good.com/cb?a=1") ==
          "https://good.com/cb?a=1");
    CHECK(redirect_url_argument("x=1&redirectUrl=https://good.com/&utm=%zz") ==
          "https://good.com/");
    CHECK(redirect_url_argument("redirectUrl=https%253A%252F%252Fgood.com") ==
          "https%3A%2F%2Fgood.com");
    CHECK(redirect_url_argument("redirectUrl=https://good.com/a+b") == "https://good.com/a+b");
}

TEST_CASE("a query without exactly one redirectUrl of that spelling is refused", "[site]") {
    const std::string good = "https://good.com/";
    for (const std::string& query :
         std::vector<std::string>{"",
                                  "&",
                                  "=",
                                  "x=1",
                                  "redirectUrl",
                                  "redirectUrl=",
                                  "redirectUrl&x",
                                  "RedirectURL=" + good,
                                  "redirecturl=" + good,
                                  "redirect_url=" + good,
                                  "redirectUrl[]=" + good,
                                  "redirectUrl%5B%5D=" + good,
                                  "redirect%55rl=" + good,
                                  "%72edirectUrl=" + good,
                                  "+redirectUrl=" + good,
                                  "redirectUrl%00=" + good,
                                  "redirectUrl=" + good + "&redirectUrl=https://evil.com",
                                  "redirectUrl=https://evil.com&redirectUrl=" + good,
                                  "redirectUrl=" + good + "&redirectUrl=" + good,
                                  "redirectUrl=" + good + "&RedirectURL=x",
                                  "redirectUrl=" + good + "&redirectUrl[]=x",
                                  "redirectUrl=" + good + "&redirectUrl",
                                  "redirectUrl=" + good + "&redirectUrl[0]=x",
                                  "redirectUrl&redirectUrl=" + good,
                                  "redirectUrl=" + good + "&redirect%75rl=x",
                                  "redirectUrl=" + good + "&redirect_url=x",
                                  "redirectUrl=" + good + "&%zz=x",
                                  "redirectUrl=%",
                                  "redirectUrl=%2",
                                  "redirectUrl=" + good + "%u0041",
                                  "redirectUrl=" + good + std::string(2048, 'a'),
                                  "redirectUrl=" + std::string(65536, 'a')}) {
        CAPTURE(query);
        const auto value = redirect_url_argument(query);
        REQUIRE_FALSE(value);
        is_wrong_site(value.error());
    }
}
