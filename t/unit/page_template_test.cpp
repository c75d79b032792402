#include "page/page_template.hpp"

#include <array>
#include <string>
#include "catch.hpp"

using social::Kind;
using social::page::check_placeholders;
using social::page::fill_template;
using social::page::Placeholder;

namespace {

constexpr std::array<Placeholder, 3> kValues{{
    {.name = "name", .value = "A & B"},
    {.name = "link", .value = "/x?a=1&b=\"2\""},
    {.name = "empty", .value = ""},
}};
constexpr std::array<std::string_view, 3> kKnown{"name", "link", "empty"};

std::string fill(std::string_view text) {
    return fill_template(text, kValues);
}

}  // namespace

TEST_CASE("a placeholder is replaced by its escaped value", "[page]") {
    CHECK(fill("") == "");
    CHECK(fill("<p>plain</p>") == "<p>plain</p>");
    CHECK(fill("<p>{{name}}</p>") == "<p>A &amp; B</p>");
    CHECK(fill("{{ name\t}}{{name}}") == "A &amp; BA &amp; B");
    CHECK(fill("<a href=\"{{link}}\">") == "<a href=\"/x?a=1&amp;b=&quot;2&quot;\">");
}

TEST_CASE("a section is kept if its value is not empty", "[page]") {
    CHECK(fill("a{{#name}}[{{name}}]{{/name}}b") == "a[A &amp; B]b");
    CHECK(fill("a{{#empty}}[{{name}}{{empty}}]{{/empty}}b") == "ab");
}

TEST_CASE("a value is not expanded as a template", "[page]") {
    const std::array<Placeholder, 2> values{{
        {.name = "a", .value = "{{b}}{{#b}}{{/b}}{{"},
        {.name = "b", .value = "secret"},
    }};
    CHECK(fill_template("{{a}}|{{b}}", values) == "{{b}}{{#b}}{{/b}}{{|secret");
}

TEST_CASE("single braces are text", "[page]") {
    CHECK(fill("a { color: red; }} }") == "a { color: red; }} }");
    CHECK(check_placeholders("a { color: red; }} }", kKnown).has_value());
}

TEST_CASE("a valid template passes the check", "[page]") {
    CHECK(check_placeholders("", kKnown).has_value());
    CHECK(check_placeholders("{{#name}}{{name}} {{link}}{{/name}}{{empty}}", kKnown).has_value());
}

TEST_CASE("an invalid template is refused with the placeholder's name", "[page]") {
    struct Row {
        std::string_view text;
        std::string_view detail;
    };
    for (const Row& row : {
             Row{"{{nam}}", "nam"},
             Row{"{{}}", ""},
             Row{"{{NAME}}", "NAME"},
             Row{"{{{name}}}", "{name"},
             Row{"{{name", "name"},
             Row{"{{name}} {{link}", "link}"},
             Row{"{{#nam}}{{/nam}}", "nam"},
             Row{"{{#name}}", "name"},
             Row{"{{/name}}", "name"},
             Row{"{{#name}}{{/link}}", "link"},
             Row{"{{#name}}{{#link}}{{/link}}{{/name}}", "link"},
             Row{"{{#name}}{{/name}}{{/name}}", "name"},
             Row{"{{^name}}{{/name}}", "^name"},
         }) {
        INFO(row.text);
        const auto checked = check_placeholders(row.text, kKnown);
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().kind == Kind::bad_request);
        CHECK_FALSE(checked.error().what.empty());
        CHECK(checked.error().detail == row.detail);
    }
}

TEST_CASE("the error of a template is short", "[page]") {
    const auto checked = check_placeholders("{{" + std::string(10000, 'x'), kKnown);
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().detail.size() <= 64);
}

TEST_CASE("an unchecked template is rendered without its malformed parts", "[page]") {
    CHECK(fill("a{{nothing}}b{{/name}}c{{#name}}d{{") == "abcd");
}
