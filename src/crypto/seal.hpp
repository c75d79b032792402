// AES-256-GCM (NIST SP 800-38D) as the project uses it.
//
// seal()/open() carry the key's id and a random 96-bit nonce in the sealed
// bytes: id (4) nonce (12) ciphertext tag (16). `associated` is authenticated
// and not stored: whoever opens must know it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/keyring.hpp"

namespace social::crypto {

inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kNonceSize = 12;
inline constexpr std::size_t kSealFront = sizeof(KeyId) + kNonceSize;
inline constexpr std::size_t kSealOverhead = kSealFront + kTagSize;

// Seals in place: `bytes` are kSealFront bytes of any content and the plain text, which is
// overwritten, so that nobody has to wipe it.
// Throws std::bad_alloc or std::runtime_error only when OpenSSL itself fails.
void seal(const Keyring& keyring, Purpose purpose, std::string_view associated, std::string& bytes);

struct Unsealed {
    std::string plain;
    bool under_old_key = false;  // not the keyring's first key
};

// Nothing when the key is unknown or a single bit differs.
[[nodiscard]] std::optional<Unsealed> open(const Keyring& keyring, Purpose purpose,
                                           std::string_view associated, std::string_view sealed);

// The bare primitive, for formats that keep nonce and key elsewhere (the session
// id has a 16-byte nonce of its own). `nonce` may have 12 or 16 bytes;
// `sealed` is ciphertext followed by the 16-byte tag.
[[nodiscard]] std::string gcm_seal(const KeyBytes& key, std::string_view nonce,
                                   std::string_view associated, std::string_view plain);
// What is opened in place is not copied; where it does not open, nothing is left of it that
// may be used.
[[nodiscard]] std::optional<std::string_view> gcm_open_in_place(const KeyBytes& key,
                                                                std::string_view nonce,
                                                                std::string_view associated,
                                                                std::span<char> sealed);
[[nodiscard]] std::optional<std::string> gcm_open(const KeyBytes& key, std::string_view nonce,
                                                  std::string_view associated,
                                                  std::string_view sealed);

}  // namespace social::crypto
