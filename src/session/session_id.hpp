// The session id : base64(base64(32 bytes) ":" base64(16 bytes)).
//
// The 32 bytes are a random 128-bit reference under AES-256-GCM (16 bytes of
// ciphertext, 16 of tag), the 16 bytes are its nonce. Only the exact, canonical
// 92 characters that a key of the ring sealed are an id; all else is refused
// without a look into any store.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/keyring.hpp"
#include "session/record.hpp"

namespace social::session {

inline constexpr std::size_t kIdLength = 92;

using Reference = std::array<std::uint8_t, 16>;

struct SessionId {
    std::string text;   // 92 characters, what travels in URLs; a secret
    std::string inner;  // 69 characters, the `session` member of the JSON; a secret
};

// Seals `reference` under the keyring's first key. The nonce is random.
[[nodiscard]] SessionId make_session_id(const Reference& reference, const crypto::Keyring& keyring);

// The reference inside, or nothing.
[[nodiscard]] std::optional<Reference> open_session_id(std::string_view text,
                                                       const crypto::Keyring& keyring);

// SHA-256 over a fixed label and the reference.
[[nodiscard]] StoreKey store_key(const Reference& reference);

}  // namespace social::session
