// Base64 kernel for processors with SSSE3: sixteen digits per step. Only base/base64 uses it, and
// has a scalar fallback.
//
// The algorithm is the one of W. Muła and D. Lemire, "Faster Base64 Encoding and Decoding Using
// AVX2 Instructions", ACM Transactions on the Web 12(3), 2018, arXiv:1704.00605. Here it has the
// width of SSSE3.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace social::base {

inline constexpr std::size_t kBlockDigits = 16;
inline constexpr std::size_t kBlockRead = 16;  // bytes that encode_blocks() reads to encode twelve

// Lookup tables of one alphabet. A character c is invalid if lower[c & 15] & upper[c >> 4] is not
// zero. Its value is c + offset[c >> 4]. The last digit shares its upper half with others, so
// `last_offset` is added to it.
struct BlockTables {
    using Table = std::array<std::uint8_t, 16>;

    Table upper{};
    Table lower{};
    Table offset{};
    std::uint8_t last = 0;
    std::uint8_t last_offset = 0;
    // Maps a value to the difference between its digit and itself. The index is 13 for values below
    // 26, 0 for values below 52, and value - 51 above.
    Table shift{};
};

// Requires ASCII digits. Except for the last, digits with the same upper half must have consecutive
// codes.
[[nodiscard]] constexpr BlockTables block_tables(const std::array<char, 64>& digits) {
    constexpr std::uint8_t kNeverDigit = 1;  // the bit of upper halves without digits
    BlockTables tables;
    tables.upper.fill(kNeverDigit);
    tables.lower.fill(0xff);
    for (std::size_t i = digits.size(); i-- > 0;) {
        const auto digit = static_cast<std::uint8_t>(digits[i]);
        const std::size_t upper = digit >> 4;
        const auto bit = static_cast<std::uint8_t>(1U << upper);  // bits 2 to 7
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

// Returns true if this processor has SSSE3. The other functions require it.
[[nodiscard]] bool has_ssse3() noexcept;

// Encodes blocks of twelve bytes from the front while kBlockRead bytes are left. Returns the number
// of bytes encoded. `out` must have room for their digits.
[[nodiscard]] std::size_t encode_blocks(const BlockTables& tables, std::string_view bytes,
                                        char* out) noexcept;

// Requires at least one block and a multiple of four digits. `out` must have room for three bytes
// per four digits. Returns false if a digit is invalid. The time depends on the length alone.
[[nodiscard]] bool decode_blocks(const BlockTables& tables, std::string_view digits,
                                 std::uint8_t* out) noexcept;

}  // namespace social::base
