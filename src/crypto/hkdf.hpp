// HKDF-SHA-256 (RFC 5869): keys of their own for each purpose, from one master key.
// Called while a keyring is read, never for a request.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace social::crypto {

struct HkdfInput {
    std::string_view key;   // the input keying material; not empty
    std::string_view salt;  // may be empty: RFC 5869 §2.2 then means zeros
    std::string_view info;  // what the derived key is for; may be empty
};

// Fills `out`, at most 255 * 32 bytes. Throws std::runtime_error when OpenSSL fails.
void hkdf_sha256(const HkdfInput& input, std::span<std::uint8_t> out);

}  // namespace social::crypto
