#include "page/page_template.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/ascii.hpp"
#include "page/escape.hpp"

namespace social::page {

namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::size_t kShownName = 64;  // characters of a placeholder in an error

enum class Role { end, unclosed, value, section, section_end };

// Literal text, and the placeholder behind it.
struct Piece {
    std::string_view literal;
    Role role = Role::end;
    std::string_view name;
};

Piece take_piece(std::string_view& rest) noexcept {
    Piece piece;
    const std::size_t open = rest.find(kOpen);
    piece.literal = rest.substr(0, open);
    if (open == std::string_view::npos) {
        rest = {};
        return piece;
    }
    rest.remove_prefix(open + kOpen.size());
    const std::size_t close = rest.find(kClose);
    std::string_view tag = rest.substr(0, close);
    if (close == std::string_view::npos) {
        piece.role = Role::unclosed;
        piece.name = tag.substr(0, kShownName);
        rest = {};
        return piece;
    }
    rest.remove_prefix(close + kClose.size());
    piece.role = Role::value;
    if (tag.starts_with('#') || tag.starts_with('/')) {
        piece.role = tag.front() == '#' ? Role::section : Role::section_end;
        tag.remove_prefix(1);
    }
    piece.name = base::trimmed(tag);
    return piece;
}

std::string_view value_of(std::string_view name, std::span<const Placeholder> placeholders) {
    const auto found = std::ranges::find(placeholders, name, &Placeholder::name);
    return found != placeholders.end() ? found->value : std::string_view();
}

std::unexpected<Error> template_error(std::string_view what, std::string_view name) {
    return fail(Kind::bad_request, what, std::string(name.substr(0, kShownName)));
}

}  // namespace

std::string fill_template(std::string_view text, std::span<const Placeholder> placeholders) {
    std::string html;
    bool shown = true;
    while (!text.empty()) {
        const Piece piece = take_piece(text);
        if (shown) {
            html += piece.literal;
        }
        if (piece.role == Role::section) {
            shown = !value_of(piece.name, placeholders).empty();
        } else if (piece.role == Role::section_end) {
            shown = true;
        } else if (piece.role == Role::value && shown) {
            html += escape_html(value_of(piece.name, placeholders));
        }
    }
    return html;
}

Result<void> check_placeholders(std::string_view text, std::span<const std::string_view> allowed) {
    std::optional<std::string_view> section;
    while (!text.empty()) {
        const Piece piece = take_piece(text);
        if (piece.role == Role::end) {
            break;
        }
        if (piece.role == Role::unclosed) {
            return template_error("placeholder is not closed with \"}}\"", piece.name);
        }
        if (std::ranges::find(allowed, piece.name) == allowed.end()) {
            return template_error("placeholder that this page does not have", piece.name);
        }
        if (piece.role == Role::section) {
            if (section) {
                return template_error("section inside of another section", piece.name);
            }
            section = piece.name;
        } else if (piece.role == Role::section_end) {
            if (section != piece.name) {
                return template_error("end of a section that is not open", piece.name);
            }
            section.reset();
        }
    }
    if (section) {
        return template_error("section is not closed", *section);
    }
    return {};
}

}  // namespace social::page
