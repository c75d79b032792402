// Content negotiation (RFC 9110 §12.5): the language of a page, and HTML or JSON. The argument is
// the unparsed value of the header, or empty without one. Malformed members are ignored.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace social::page {

enum class Language : std::uint8_t { en, id };  // English, Indonesian
inline constexpr std::size_t kLanguageCount = 2;

// Returns the value of the `lang` attribute (BCP 47).
[[nodiscard]] std::string_view language_tag(Language language) noexcept;

// Returns the language of the highest quality, and the first one among equals (RFC 9110 §12.5.4).
// Returns English if neither is acceptable.
[[nodiscard]] Language negotiate_language(std::string_view accept_language) noexcept;

// True if JSON has a higher quality than HTML (RFC 9110 §12.5.1). HTML is the result for an absent
// header, "*/*" and equal qualities.
[[nodiscard]] bool prefers_json(std::string_view accept) noexcept;

}  // namespace social::page
