#include "redis/slot.hpp"

#include <array>

namespace social::redis {

namespace {

constexpr std::array<std::uint16_t, 256> make_table() noexcept {
    constexpr std::uint16_t kPolynomial = 0x1021;
    std::array<std::uint16_t, 256> table{};
    for (unsigned i = 0; i < table.size(); ++i) {
        auto crc = static_cast<std::uint16_t>(i << 8U);
        for (int bit = 0; bit < 8; ++bit) {
            const bool carry = (crc & 0x8000U) != 0;
            crc = static_cast<std::uint16_t>(crc << 1U);
            if (carry) {
                crc ^= kPolynomial;
            }
        }
        table[i] = crc;
    }
    return table;
}

constexpr auto kTable = make_table();

// The hash tag: the bytes between the first "{" and the next "}". Without a tag, or with an empty
// one, the whole key.
std::string_view hashed(std::string_view key) noexcept {
    const std::size_t open = key.find('{');
    const std::size_t close = open == std::string_view::npos ? open : key.find('}', open);
    const bool tagged = close != std::string_view::npos && close > open + 1;
    return tagged ? key.substr(open + 1, close - open - 1) : key;
}

}  // namespace

std::uint16_t slot_of(std::string_view key) noexcept {
    std::uint16_t crc = 0;
    for (const char c : hashed(key)) {
        const auto index = static_cast<std::uint8_t>((crc >> 8U) ^ static_cast<std::uint8_t>(c));
        crc = static_cast<std::uint16_t>(static_cast<std::uint16_t>(crc << 8U) ^ kTable[index]);
    }
    return crc % kSlots;
}

}  // namespace social::redis
