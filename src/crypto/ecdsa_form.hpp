// The two forms of an ECDSA signature: R and S side by side, each of the curve's
// length, as JWS has it (RFC 7518 §3.4), and DER, as OpenSSL has it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace social::crypto {

// Enough for P-521: two integers of 67 bytes with their heads.
struct EcdsaDer {
    std::array<std::uint8_t, 160> bytes{};
    std::size_t size = 0;

    [[nodiscard]] std::string_view view() const noexcept {
        return {reinterpret_cast<const char*>(bytes.data()), size};
    }
};

// False unless `raw` has exactly two integers of `coordinate` bytes.
[[nodiscard]] bool to_der(std::string_view raw, std::size_t coordinate, EcdsaDer& der) noexcept;

// Of a signature that OpenSSL made. Throws std::runtime_error when it is none.
[[nodiscard]] std::string from_der(std::string_view der, std::size_t coordinate);

}  // namespace social::crypto
