// Helpers of the libFuzzer targets: invariants, and splitting of an input into several texts.
// Corpus files can be read and written by hand.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string_view>

#include "crypto/keyring.hpp"

namespace social::fuzz {

// Aborts if an invariant does not hold, and prints the location.
inline void require(bool invariant,
                    std::source_location place = std::source_location::current()) noexcept {
    if (!invariant) {
        std::fprintf(stderr, "%s:%u: the invariant does not hold\n", place.file_name(),
                     static_cast<unsigned>(place.line()));
        std::abort();
    }
}

[[nodiscard]] inline std::string_view text_of(const std::uint8_t* data, std::size_t size) noexcept {
    return {reinterpret_cast<const char*>(data), size};
}

// Takes the text before the next line feed, and the line feed, off `rest`.
[[nodiscard]] inline std::string_view take_line(std::string_view& rest) noexcept {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
}

// Takes a line off `rest` and returns its number, or 0 if it is none.
[[nodiscard]] inline std::int64_t take_number(std::string_view& rest) noexcept {
    const std::string_view line = take_line(rest);
    std::int64_t number = 0;
    std::from_chars(line.data(), line.data() + line.size(), number);
    return number;
}

// Takes one octet off `rest`. Returns 0 if there is none.
[[nodiscard]] inline std::uint8_t take_octet(std::string_view& rest) noexcept {
    const std::uint8_t octet = rest.empty() ? 0 : static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(rest.empty() ? 0 : 1);
    return octet;
}

// A keyring of two keys, so that opening tries more than one.
[[nodiscard]] inline const crypto::Keyring& keyring() {
    static const crypto::Keyring ring = *crypto::Keyring::parse(
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
        "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n");
    return ring;
}

}  // namespace social::fuzz
