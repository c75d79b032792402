// Classifies octets and ASCII text independently of the locale. Octets of 0x80 and above are in no
// class and have no case.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace social::base {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_upper(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}

[[nodiscard]] constexpr bool is_alpha(char c) noexcept {
    return is_upper(c) || (c >= 'a' && c <= 'z');
}

[[nodiscard]] constexpr bool is_alnum(char c) noexcept {
    return is_alpha(c) || is_digit(c);
}

// C0 and DEL.
[[nodiscard]] constexpr bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// Printable ASCII without the space.
[[nodiscard]] constexpr bool is_visible(char c) noexcept {
    return c > 0x20 && c < 0x7f;
}

[[nodiscard]] constexpr char to_lower(char c) noexcept {
    return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

// Returns 0..15, or -1 for any other character.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) {
        return c - '0';
    }
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

[[nodiscard]] constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

[[nodiscard]] constexpr bool starts_with_ignoring_case(std::string_view text,
                                                       std::string_view prefix) noexcept {
    return text.size() >= prefix.size() &&
           equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

// A token (RFC 9110 §5.6.2): the name of a method, a header or a cookie.
[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
    });
}

[[nodiscard]] std::string lowered(std::string_view text);

// Strips spaces and tabs from both ends. The view points into `text`.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

}  // namespace social::base
