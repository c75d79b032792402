// Converts ECDSA signatures between the JWS format and OpenSSL's DER. JWS concatenates R and S,
// each of the curve's length (RFC 7518 §3.4).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace social::crypto {

// Has room for P-521: two integers of 67 bytes with their headers.
struct EcdsaDer {
    std::array<std::uint8_t, 160> bytes{};
    std::size_t size = 0;

    [[nodiscard]] std::string_view view() const noexcept {
        return {reinterpret_cast<const char*>(bytes.data()), size};
    }
};

// Returns false unless `raw` has exactly two integers of `coordinate` bytes.
[[nodiscard]] bool to_der(std::string_view raw, std::size_t coordinate, EcdsaDer& der) noexcept;

// Converts a signature made by OpenSSL. Throws std::runtime_error if it is malformed.
[[nodiscard]] std::string from_der(std::string_view der, std::size_t coordinate);

}  // namespace social::crypto
