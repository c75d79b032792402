// Base64 sixteen digits at a time, where the processor has SSSE3. For base/base64 alone, which
// goes from digit to digit elsewhere.
//
// A digit is looked up by its upper and by its lower half: W. Muła, D. Lemire, "Faster Base64
// Encoding and Decoding using AVX2 Instructions", 2018.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace social::base {

inline constexpr std::size_t kBlockDigits = 16;
inline constexpr std::size_t kBlockRead = 16;  // bytes that are read to encode twelve of them

// What there is to know of an alphabet. A character is foreign where the entries of its two
// halves have a bit in common. Its value is what `offset` of its upper half makes of it; the last
// digit, which has its upper half in common with others, wants `last_offset` besides.
struct BlockTables {
    using Table = std::array<std::uint8_t, 16>;

    Table upper{};
    Table lower{};
    Table offset{};
    std::uint8_t last = 0;
    std::uint8_t last_offset = 0;
    // The other way round: what makes a digit of a value, by the range that it is in, which is 13
    // below 26, 0 below 52, and from there on how far it is above 51.
    Table shift{};
};

// `digits` are ASCII; those of one upper half follow each other, but for the last.
[[nodiscard]] constexpr BlockTables block_tables(const std::array<char, 64>& digits) {
    constexpr std::uint8_t kNeverDigit = 1;  // a bit for upper halves without digits
    BlockTables tables;
    tables.upper.fill(kNeverDigit);
    tables.lower.fill(0xff);
    for (std::size_t i = digits.size(); i-- > 0;) {
        const auto digit = static_cast<std::uint8_t>(digits[i]);
        const std::size_t upper = digit >> 4;
        const auto bit = static_cast<std::uint8_t>(1U << upper);  // of 2 to 7
        tables.upper[upper] = bit;
        tables.lower[digit & 0x0fU] &= static_cast<std::uint8_t>(~bit);
        tables.offset[upper] = static_cast<std::uint8_t>(i - digit);
    }
    tables.last = static_cast<std::uint8_t>(digits.back());
    tables.last_offset = static_cast<std::uint8_t>(digits.size() - 1 - tables.last -
                                                   tables.offset[tables.last >> 4]);
    for (std::size_t value = 0; value < digits.size(); ++value) {
        const std::size_t range = value < 26 ? 13 : value < 52 ? 0 : value - 51;
        tables.shift[range] =
            static_cast<std::uint8_t>(static_cast<std::uint8_t>(digits[value]) - value);
    }
    return tables;
}

// Whether the next two may be called on this processor.
[[nodiscard]] bool has_blocks() noexcept;

// Encodes from the front as many blocks of twelve bytes as can be read; `out` has room for
// them. Gives the number of bytes that it has encoded.
[[nodiscard]] std::size_t encode_blocks(const BlockTables& tables, std::string_view bytes,
                                        char* out) noexcept;

// `digits` are a multiple of four, and at least one block; `out` has room for three bytes for
// each four of them. False where one of them is foreign. Takes the same time for all of one
// length.
[[nodiscard]] bool decode_blocks(const BlockTables& tables, std::string_view digits,
                                 std::uint8_t* out) noexcept;

}  // namespace social::base
