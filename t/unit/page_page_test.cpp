#include "page/page.hpp"

#include <array>
#include <set>
#include <string>
#include <vector>
#include "catch.hpp"

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "crypto/digest.hpp"
#include "page/texts.hpp"

using namespace social::page;

namespace {

constexpr std::array kPages{PageName::landing, PageName::wrong_site, PageName::refused,
                            PageName::expired, PageName::provider,   PageName::unavailable};
constexpr std::array kLanguages{Language::en, Language::id};

Fields ordinary_fields() {
    Fields fields;
    fields.provider = "facebook";
    fields.session_id = "WmNOWEhE";
    fields.try_again = "https://gateway.example/facebook/auth?redirectUrl=https%3A%2F%2Fsite%2F";
    return fields;
}

// Returns the text between the first `open` and the next `close`.
struct Between {
    std::string_view open;
    std::string_view close;
};
std::string_view cut(std::string_view html, const Between& marks) {
    const std::size_t from = html.find(marks.open);
    if (from == std::string_view::npos) {
        return {};
    }
    const std::size_t start = from + marks.open.size();
    return html.substr(start, html.find(marks.close, start) - start);
}

std::string hash_source(std::string_view block) {
    const auto digest = social::crypto::sha256(block);
    return "'sha256-" + social::base::base64_encode(social::crypto::as_text(digest)) + "'";
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos;
         at = text.find(what, at + what.size())) {
        ++found;
    }
    return found;
}

// Returns the page without untrusted values.
std::string bare(PageName page, Language language) {
    Fields fields = ordinary_fields();
    fields.provider = "x";
    fields.session_id = "x";
    fields.try_again = "/x";
    return render(page, language, fields);
}

std::size_t markup_characters(std::string_view html) {
    std::size_t found = 0;
    for (const char c : html) {
        found += c == '<' || c == '>' || c == '"' || c == '\'' ? 1 : 0;
    }
    return found;
}

}  // namespace

TEST_CASE("every page has a title, a message and a hint in every language", "[page]") {
    for (const Language language : kLanguages) {
        std::set<std::string_view> titles;
        for (const PageName page : kPages) {
            const Words& text = words(page, language);
            CHECK_FALSE(text.title.empty());
            CHECK_FALSE(text.message.empty());
            CHECK_FALSE(text.hint.empty());
            CHECK(titles.insert(text.title).second);
        }
        const Labels& label = labels(language);
        for (const std::string_view text :
             {label.provider, label.session_id, label.copy, label.copied, label.try_again}) {
            CHECK_FALSE(text.empty());
        }
    }
    for (const PageName page : kPages) {
        CHECK(words(page, Language::en).title != words(page, Language::id).title);
        CHECK(words(page, Language::en).message != words(page, Language::id).message);
        CHECK(words(page, Language::en).hint != words(page, Language::id).hint);
        CHECK(words(page, Language::en).hint_without_link.empty() ==
              words(page, Language::id).hint_without_link.empty());
    }
}

TEST_CASE("a page declares its language", "[page]") {
    CHECK(render(PageName::expired, Language::en, {}).contains("<html lang=\"en\">"));
    CHECK(render(PageName::expired, Language::id, {}).contains("<html lang=\"id\">"));
}

TEST_CASE("built-in pages are complete and have no unexpanded placeholder", "[page]") {
    for (const PageName page : kPages) {
        for (const Language language : kLanguages) {
            for (const Fields& fields : {Fields{}, ordinary_fields()}) {
                const std::string html = render(page, language, fields);
                CHECK(html.starts_with("<!DOCTYPE html>\n"));
                CHECK(html.ends_with("</html>\n"));
                CHECK(html.contains("name=\"viewport\""));
                CHECK_FALSE(html.contains("{{"));
                CHECK_FALSE(html.contains("{provider}"));
                CHECK(social::base::is_utf8(html));
                CHECK(count(html, "<h1>") == 1);
            }
        }
    }
}

TEST_CASE("the landing page shows the session id and a button to copy it", "[page]") {
    const std::string html = render(PageName::landing, Language::en, ordinary_fields());
    CHECK(html.contains("aria-label=\"Session id\">WmNOWEhE</output>"));
    const std::string_view button = cut(html, {.open = "<button", .close = ">"});
    CHECK(button.contains("id=\"copy\""));
    CHECK(button.contains(" hidden"));  // until the script shows it
    CHECK(button.contains("data-copied=\"Copied\""));
    CHECK_FALSE(html.contains("class=\"button\""));
}

TEST_CASE("an error page has the link to try again if a login is known", "[page]") {
    for (const PageName page : kPages) {
        if (page == PageName::landing) {
            continue;
        }
        const std::string html = render(page, Language::en, ordinary_fields());
        CHECK(
            html.contains("<a class=\"button\" href=\"https://gateway.example/facebook/auth?"
                          "redirectUrl=https%3A%2F%2Fsite%2F\">Try again</a>"));
        CHECK_FALSE(html.contains("<script"));
        CHECK_FALSE(html.contains("WmNOWEhE"));
        CHECK_FALSE(render(page, Language::en, {}).contains("<a "));
    }
}

TEST_CASE("an unsafe link is omitted from a page", "[page]") {
    Fields fields = ordinary_fields();
    fields.try_again = "javascript:alert(1)";
    for (const PageName page : kPages) {
        CHECK_FALSE(render(page, Language::en, fields).contains("javascript:"));
        CHECK_FALSE(render(page, Language::en, fields, "<a href=\"{{try_again}}\">")
                        .contains("javascript:"));
    }
}

TEST_CASE("the page for a wrong site has its title", "[page]") {
    CHECK(render(PageName::wrong_site, Language::en, {}).contains("<h1>Wrong site url</h1>"));
    CHECK(render(PageName::wrong_site, Language::id, {}).contains("<h1>URL situs salah</h1>"));
}

TEST_CASE("a page names the provider, or a generic one", "[page]") {
    CHECK(render(PageName::provider, Language::en, ordinary_fields())
              .contains("<h1>Facebook is not answering</h1>"));
    CHECK(render(PageName::provider, Language::en, {})
              .contains("<h1>The provider is not answering</h1>"));
    CHECK(render(PageName::provider, Language::id, {})
              .contains("<h1>Penyedia akun tidak merespons</h1>"));
}

TEST_CASE("a hint depends on the link to try again", "[page]") {
    Fields fields = ordinary_fields();
    for (const Language language : kLanguages) {
        const Words& text = words(PageName::expired, language);
        REQUIRE_FALSE(text.hint_without_link.empty());
        CHECK(render(PageName::expired, language, fields)
                  .contains("<p class=\"hint\">" + std::string(text.hint) + "</p>"));
        CHECK(render(PageName::expired, language, {})
                  .contains("<p class=\"hint\">" + std::string(text.hint_without_link) + "</p>"));
    }
    fields.try_again = "javascript:alert(1)";
    CHECK(render(PageName::expired, Language::en, fields)
              .contains(words(PageName::expired, Language::en).hint_without_link));
}

TEST_CASE("the policy allows exactly the style and the script of the page", "[page]") {
    for (const PageName page : kPages) {
        const std::string html = render(page, Language::id, ordinary_fields());
        const std::string_view policy = content_security_policy(page);
        CHECK(count(html, "<style>") == 1);
        CHECK(policy.contains(
            "style-src " + hash_source(cut(html, {.open = "<style>", .close = "</style>"})) + ";"));
        const std::string_view script = cut(html, {.open = "<script>", .close = "</script>"});
        CHECK((page == PageName::landing) == !script.empty());
        CHECK((page == PageName::landing) == policy.contains("script-src "));
        if (!script.empty()) {
            CHECK(count(html, "<script") == 1);
            CHECK(policy.contains("script-src " + hash_source(script) + ";"));
        }
    }
}

TEST_CASE("the policy of every page denies by default", "[page]") {
    for (const PageName page : kPages) {
        const std::string_view own = content_security_policy(page);
        CHECK(own.starts_with("default-src 'none';"));
        const std::string_view of_operator = content_security_policy(page, true);
        CHECK(of_operator.starts_with("default-src 'self';"));
        for (const std::string_view policy : {own, of_operator}) {
            CHECK_FALSE(policy.contains("unsafe-"));
            CHECK(policy.contains("base-uri 'none'"));
            CHECK(policy.contains("frame-ancestors 'none'"));
            CHECK(policy.contains("form-action '"));
            CHECK(policy.find_first_of("\r\n") == std::string_view::npos);
        }
    }
}

TEST_CASE("a built-in page loads nothing and has no other inline block", "[page]") {
    for (const PageName page : kPages) {
        const std::string html = bare(page, Language::en);
        CHECK_FALSE(html.contains(" style="));
        CHECK_FALSE(html.contains(" src="));
        CHECK_FALSE(html.contains("@import"));
        CHECK_FALSE(html.contains("url("));
        CHECK(count(html, "<link") == 1);
        CHECK(html.contains("<link rel=\"icon\" href=\"data:"));
        for (const std::string_view handler : {"onclick", "onload", "onerror", "onfocus"}) {
            CHECK_FALSE(html.contains(handler));
        }
    }
}

TEST_CASE("fields cannot add markup to a built-in or operator's page", "[page]") {
    const std::vector<std::string> attacks{
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onclick='alert(1)",
        "</title></style></output><h1>",
        "{{session_id}}{{#title}}",
        "{{/session_id}}<b>",
        "a\u2028b\u2029c<",
        std::string("\0<\x1b>\"\r\n", 8),
        "\xc0\xbc\xff<",
        "&lt;b&gt;&#60;",
        "{provider}<i>",
        "https://x/\"><script>",
        "/x'><b>",
    };
    constexpr std::string_view kLanding =
        "<p title=\"{{provider}}\">{{title}}{{message}}{{session_id}}</p>";
    constexpr std::string_view kOther =
        "<a href=\"{{try_again}}\" title='{{provider}}'>{{title}}{{message}}</a>";
    for (const PageName page : kPages) {
        const std::string_view own = page == PageName::landing ? kLanding : kOther;
        REQUIRE(check_template(page, own).has_value());
        for (const Language language : kLanguages) {
            for (const std::string& attack : attacks) {
                Fields fields;
                fields.provider = attack;
                fields.session_id = attack;
                fields.try_again = "/x" + attack;
                const std::string html = render(page, language, fields);
                // An unsafe link removes the whole anchor: count without it.
                Fields harmless;
                harmless.provider = "x";
                harmless.session_id = "x";
                harmless.try_again = html.contains("<a ") ? "/x" : "";
                CHECK(markup_characters(html) ==
                      markup_characters(render(page, language, harmless)));
                CHECK(markup_characters(render(page, language, fields, own)) ==
                      markup_characters(own));
                CHECK_FALSE(html.contains("\u2028"));
                CHECK(html.find('\0') == std::string::npos);
                CHECK(html.find('\x1b') == std::string::npos);
            }
        }
    }
}

TEST_CASE("an operator's page replaces the built-in one", "[page]") {
    CHECK(render(PageName::landing, Language::id, ordinary_fields(),
                 "{{lang}}|{{provider}}|{{session_id}}|{{session_label}}|{{copy}}|{{copied}}") ==
          "id|Facebook|WmNOWEhE|ID sesi|Salin ID sesi|Tersalin");
    CHECK(render(PageName::refused, Language::en, ordinary_fields(),
                 "{{title}}{{#try_again}} <a href=\"{{try_again}}\">{{try_again_label}}</a>"
                 "{{/try_again}}") ==
          "Login canceled <a href=\"https://gateway.example/facebook/auth?redirectUrl="
          "https%3A%2F%2Fsite%2F\">Try again</a>");
}

TEST_CASE("an operator's page may use the placeholders of its page only", "[page]") {
    for (const PageName page : kPages) {
        CHECK(check_template(page, "{{lang}}{{title}}{{message}}{{hint}}{{provider}}").has_value());
        const bool landing = page == PageName::landing;
        CHECK(
            check_template(page, "{{session_id}}{{session_label}}{{copy}}{{copied}}").has_value() ==
            landing);
        CHECK(check_template(page, "{{try_again}}{{try_again_label}}").has_value() == !landing);
    }
    const auto checked = check_template(PageName::expired, "<p>{{devMessage}}</p>");
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().detail == "devMessage");
}

TEST_CASE("each page has a file name in the operator's directory", "[page]") {
    std::set<std::string_view> names;
    for (const PageName page : kPages) {
        names.insert(file_name(page));
    }
    CHECK(names == std::set<std::string_view>{"landing.html", "wrong-site.html", "refused.html",
                                              "expired.html", "provider.html", "unavailable.html"});
    CHECK(file_name(PageName::wrong_site) == "wrong-site.html");
}
