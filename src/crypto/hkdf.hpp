// HKDF-SHA-256 (RFC 5869): derives one key per purpose from a master key. Runs when a keyring is
// read, never during a request.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace social::crypto {

struct HkdfInput {
    std::string_view key;   // the input keying material; not empty
    std::string_view salt;  // may be empty: zeros (RFC 5869 §2.2)
    std::string_view info;  // the purpose of the derived key; may be empty
};

// Fills `out`, at most 255 * 32 bytes. Throws std::runtime_error if OpenSSL fails.
void hkdf_sha256(const HkdfInput& input, std::span<std::uint8_t> out);

}  // namespace social::crypto
