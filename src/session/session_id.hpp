// The session id: base64(base64(32 bytes) ":" base64(16 bytes)).
//
// The 32 bytes are a random 128-bit reference in AES-256-GCM: 16 bytes of ciphertext and a 16-byte
// tag. The 16 bytes are the nonce. Only the canonical encoding of 92 characters is accepted. Any
// other text is refused without a lookup in a store.
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

inline constexpr std::size_t kIdLength = 92;  // characters

using Reference = std::array<std::uint8_t, 16>;

struct SessionId {
    std::string text;   // kIdLength characters, the id in URLs; secret
    std::string inner;  // 69 characters, the member `session` of the JSON; secret
};

// Seals `reference` with the first key and a random nonce. Throws as crypto::seal() does.
[[nodiscard]] SessionId make_session_id(const Reference& reference, const crypto::Keyring& keyring);

// Returns the reference, or nullopt unless a key of the ring sealed the id.
[[nodiscard]] std::optional<Reference> open_session_id(std::string_view text,
                                                       const crypto::Keyring& keyring);

// Returns SHA-256 of a fixed label and the reference.
[[nodiscard]] StoreKey store_key(const Reference& reference);

}  // namespace social::session
