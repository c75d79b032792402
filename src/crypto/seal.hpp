// AES-256-GCM (NIST SP 800-38D).
//
// seal() prepends the key's id and a random 96-bit nonce: id (4), nonce (12), ciphertext, tag (16).
// `associated` is authenticated but not stored: open() needs the same value.
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

// Encrypts in place. `bytes` are kSealFront bytes of any content, then the plain text, which is
// overwritten. If OpenSSL fails, `bytes` is wiped. Throws std::runtime_error then and if `bytes` is
// too short, or std::bad_alloc.
void seal(const Keyring& keyring, Purpose purpose, std::string_view associated, std::string& bytes);

struct Decrypted {
    std::string plain;
    bool with_retired_key = false;  // not the first key of the keyring: seal again
};

// Returns nullopt if the keyring has no such key or the bytes are not authentic.
[[nodiscard]] std::optional<Decrypted> open(const Keyring& keyring, Purpose purpose,
                                            std::string_view associated, std::string_view sealed);

// AES-256-GCM for formats with their own layout, like the session id with its 16-byte nonce.
// `nonce` has 12 or 16 bytes. `sealed` is the ciphertext and the 16-byte tag. gcm_seal() throws as
// seal() does.
[[nodiscard]] std::string gcm_seal(const KeyBytes& key, std::string_view nonce,
                                   std::string_view associated, std::string_view plain);
// Decrypts without a copy; the view points into `sealed`. Returns nullopt if it is not authentic:
// then the content of `sealed` is undefined.
[[nodiscard]] std::optional<std::string_view> gcm_open_in_place(const KeyBytes& key,
                                                                std::string_view nonce,
                                                                std::string_view associated,
                                                                std::span<char> sealed);
[[nodiscard]] std::optional<std::string> gcm_open(const KeyBytes& key, std::string_view nonce,
                                                  std::string_view associated,
                                                  std::string_view sealed);

}  // namespace social::crypto
