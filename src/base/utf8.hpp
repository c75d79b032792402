// Strict UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF.
#pragma once

#include <optional>
#include <string_view>

namespace social::base {

// Takes the first code point off `rest`, which must not be empty. Returns nullopt and keeps `rest`
// if the sequence is malformed.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& rest) noexcept;

// True for well-formed text, also for an empty one.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace social::base
