// What the reader of an answer prefers (RFC 9110 §12.5): the language of a page,
// and whether it should be a page at all. Called by ngx/exchange.cpp with the
// header's value as it came; an absent header is an empty value. A member of the
// list that cannot be read counts as not sent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace social::page {

enum class Language : std::uint8_t { en, id };  // English, Indonesian
inline constexpr std::size_t kLanguageCount = 2;

// The value of the `lang` attribute (BCP 47).
[[nodiscard]] std::string_view language_tag(Language language) noexcept;

// RFC 9110 §12.5.4. The language of the highest quality, the first of the list
// among equals; English where the list admits neither.
[[nodiscard]] Language negotiate_language(std::string_view accept_language) noexcept;

// RFC 9110 §12.5.1: JSON has a higher quality than HTML. An absent header, "*/*"
// and equal qualities mean HTML.
[[nodiscard]] bool prefers_json(std::string_view accept) noexcept;

}  // namespace social::page
