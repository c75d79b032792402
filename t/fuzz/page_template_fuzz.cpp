// Page templates of an operator, and untrusted values. Lines of the input: the provider, the
// session id, the link, then the template. A checked template is expanded completely, and no value
// adds markup to it.
#include <algorithm>
#include <array>
#include <string>

#include "base/utf8.hpp"
#include "fuzz.hpp"
#include "page/page.hpp"
#include "page/page_template.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr std::array<std::string_view, 3> kNames{"a", "b", "c"};

// A checked template has no nested sections. Split at the braces, odd pieces are tags.
std::string reference(std::string_view text, const std::array<page::Placeholder, 3>& values) {
    std::string out;
    bool shown = true;
    while (true) {
        const std::size_t open = text.find("{{");
        out += shown ? text.substr(0, open) : "";
        if (open == std::string_view::npos) {
            return out;
        }
        const std::size_t close = text.find("}}", open);
        std::string name(text.substr(open + 2, close - open - 2));
        text.remove_prefix(close + 2);
        const char mark = name.empty() ? '\0' : name.front();
        std::erase_if(name, [](char c) { return c == ' ' || c == '\t' || c == '#' || c == '/'; });
        const auto value = std::ranges::find(values, name, &page::Placeholder::name)->value;
        if (mark == '#' || mark == '/') {
            shown = mark == '/' || !value.empty();
        } else if (shown) {
            out += value;
        }
    }
}

void check_template(std::string_view text) {
    const std::array<page::Placeholder, 3> values{
        {{.name = "a", .value = "A"}, {.name = "b", .value = ""}, {.name = "c", .value = "<&"}}};
    const std::string filled = page::fill_template(text, values);
    const auto checked = page::check_placeholders(text, kNames);
    if (!checked) {
        require(checked.error().kind == Kind::bad_request && checked.error().detail.size() <= 64);
        return;
    }
    std::array<page::Placeholder, 3> escaped = values;
    escaped[2].value = "&lt;&amp;";
    require(filled == reference(text, escaped));
    require(!filled.contains("{{"));
    require(base::is_utf8(filled) || !base::is_utf8(text));
    const std::string again = page::fill_template(filled, values);
    require(again == filled);
}

// Renders one page in one language per execution, for speed.
void check_page(const page::Fields& fields, std::string_view text) {
    const auto name = static_cast<page::PageName>(text.size() % page::kPageCount);
    const auto language =
        static_cast<page::Language>(fields.provider.size() % page::kLanguageCount);
    const std::string html = page::render(name, language, fields);
    require(base::is_utf8(html) && !html.contains("{{"));
    // The page has its elements only, for any fields.
    const page::Fields plain_fields{.provider = fields.provider.empty() ? "" : "p",
                                    .session_id = fields.session_id.empty() ? "" : "s",
                                    .try_again = fields.try_again};
    const std::string plain = page::render(name, language, plain_fields);
    require(std::ranges::count(html, '<') == std::ranges::count(plain, '<'));
    if (page::check_template(name, text)) {
        const std::string own = page::render(name, language, fields, text);
        require(base::is_utf8(own) || !base::is_utf8(text));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = text_of(data, size);
    check_template(rest);
    page::Fields fields;
    fields.provider = take_line(rest);
    fields.session_id = take_line(rest);
    fields.try_again = take_line(rest);
    if (!(fields.provider + fields.session_id + fields.try_again).contains("{{")) {
        check_page(fields, rest);
    }
    return 0;
}
