#include "page/escape.hpp"

#include <algorithm>
#include <optional>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace social::page {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// The character reference for `c`, or empty where it may stand as it is. The
// backtick quotes attribute values in old browsers.
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

// C0, DEL and C1; and the marks that reorder text around them, with which a value
// could dress up the words of the page (Unicode TR 36 §2.2).
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
