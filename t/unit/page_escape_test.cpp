#include "page/escape.hpp"

#include <random>
#include <string>
#include "catch.hpp"

#include "base/utf8.hpp"

using social::page::escape_html;
using social::page::is_safe_link;

TEST_CASE("escape_html() keeps plain text", "[page]") {
    CHECK(escape_html("") == "");
    CHECK(escape_html("Try again, 100% = 1/1 (ok)") == "Try again, 100% = 1/1 (ok)");
    CHECK(escape_html("naïve · 日本語 · 🙂") == "naïve · 日本語 · 🙂");
}

TEST_CASE("markup in untrusted text is escaped", "[page]") {
    CHECK(escape_html("</script><b a=\"1\" c='2'>&amp;`") ==
          "&lt;/script&gt;&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;&#96;");
}

TEST_CASE("line ends and line separators become references", "[page]") {
    CHECK(escape_html("a\r\n\tb") == "a&#13;&#10;&#9;b");
    CHECK(escape_html("a\u2028b\u2029c") == "a&#8232;b&#8233;c");
}

TEST_CASE("control characters and text direction marks are replaced", "[page]") {
    CHECK(escape_html(std::string("a\0b", 3)) == "a\uFFFDb");
    CHECK(escape_html("\x1b[31m\x7f") == "\uFFFD[31m\uFFFD");
    CHECK(escape_html("a\u0085b\u009fc\u00a0d") == "a\uFFFDb\uFFFDc\u00a0d");
    CHECK(escape_html("\u202Etxt.exe\u2066x\u2069") == "\uFFFDtxt.exe\uFFFDx\uFFFD");
}

TEST_CASE("invalid UTF-8 is replaced octet by octet", "[page]") {
    CHECK(escape_html("a\xff"
                      "b") == "a\uFFFDb");
    CHECK(escape_html("\xc0\xbcscript>") == "\uFFFD\uFFFDscript&gt;");  // an overlong "<"
    CHECK(escape_html("\xe2\x80") == "\uFFFD\uFFFD");
    CHECK(escape_html("\xed\xa0\x80") == "\uFFFD\uFFFD\uFFFD");  // a surrogate
    CHECK(escape_html("\xe2<") == "\uFFFD&lt;");
}

TEST_CASE("no octet passes escape_html() as markup", "[page]") {
    std::mt19937 random(20260101);
    std::uniform_int_distribution<int> octet(0, 255);
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        for (int i = 0; i < 24; ++i) {
            text += static_cast<char>(octet(random));
        }
        const std::string html = escape_html(text);
        CHECK(social::base::is_utf8(html));
        CHECK(html.find_first_of("<>\"'`\r\n\t") == std::string::npos);
        CHECK(html.find('\0') == std::string::npos);
    }
}

TEST_CASE("a link to a site or to a path of this host is safe", "[page]") {
    CHECK(is_safe_link("https://gateway.example/facebook/auth?redirectUrl=https%3A%2F%2Fa%2F"));
    CHECK(is_safe_link("HTTP://127.0.0.1:8080/"));
    CHECK(is_safe_link("/facebook/auth?redirectUrl=https://site.example/%22"));
    CHECK(is_safe_link("/"));
}

TEST_CASE("a link that could run script or lead to another host is unsafe", "[page]") {
    for (const char* url : {"",
                            "javascript:alert(1)",
                            "JavaScript:alert(1)",
                            " javascript:alert(1)",
                            "java\tscript:alert(1)",
                            "\x01javascript:alert(1)",
                            "data:text/html,x",
                            "vbscript:x",
                            "blob:https://good.example/",
                            "file:///etc/passwd",
                            "//evil.example/",
                            "/\\evil.example",
                            "\\\\evil.example",
                            "https:evil.example",
                            "https:/evil.example",
                            "https:///evil.example",
                            "https://",
                            "http://",
                            "evil.example",
                            "facebook/auth",
                            "#",
                            "?x",
                            "https://good.example/\r\nSet-Cookie: a=b",
                            "https://good.example/ x",
                            "https://good.example\\@evil.example",
                            "https://g\u00f6od.example/",
                            "/\t/evil.example"}) {
        INFO(url);
        CHECK_FALSE(is_safe_link(url));
    }
}
