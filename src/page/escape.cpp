#include "page/escape.hpp"

#include <algorithm>
#include <optional>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace social::page {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Returns the character reference of `c`, or an empty view if it needs none. Old browsers accept
// the backtick as a quote of attribute values.
std::string_view reference(char32_t c) noexcept {
    switch (c) {
        case U'&':
            return "&amp;";
        case U'<':
            return "&lt;";
        case U'>':
            return "&gt;";
        case U'"':
            return "&quot;";
        case U'\'':
            return "&#39;";
        case U'`':
            return "&#96;";
        case U'\t':
            return "&#9;";
        case U'\n':
            return "&#10;";
        case U'\r':
            return "&#13;";
        case U'\u2028':
            return "&#8232;";
        case U'\u2029':
            return "&#8233;";
        default:
            return {};
    }
}

// C0, DEL, C1 and bidirectional controls, which could reorder the text of the page (Unicode TR 36
// §2.2).
bool unprintable(char32_t c) noexcept {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string html;
    html.reserve(text.size());
    while (!text.empty()) {
        const std::string_view before = text;
        const std::optional<char32_t> c = base::take_code_point(text);
        if (!c) {
            html += kReplacement;
            text.remove_prefix(1);
        } else if (const std::string_view safe = reference(*c); !safe.empty()) {
            html += safe;
        } else if (unprintable(*c)) {
            html += kReplacement;
        } else {
            html += before.substr(0, before.size() - text.size());
        }
    }
    return html;
}

bool is_safe_link(std::string_view url) noexcept {
    const bool plain =
        std::ranges::all_of(url, [](char c) { return base::is_visible(c) && c != '\\'; });
    if (!plain) {
        return false;
    }
    if (url.starts_with('/')) {
        return !url.starts_with("//");
    }
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (base::starts_with_ignoring_case(url, scheme)) {
            const std::string_view rest = url.substr(scheme.size());
            return !rest.empty() && rest.front() != '/';
        }
    }
    return false;
}

}  // namespace social::page
