// The encryption keys (directive social_keyring).
//
// A keyring is read at configuration time, or generated at start, and constant afterwards. The
// 32-byte master keys only derive keys, one per purpose (HKDF-SHA-256, RFC 5869). So text that was
// sealed for one purpose does not open for another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace social::crypto {

inline constexpr std::size_t kKeySize = 32;  // bytes, AES-256

enum class Purpose : std::uint8_t {
    session_id,     // the reference in a session id
    record,         // sessions at rest, in shared memory or Redis
    login_cookie,   // the login in progress
    app_token,      // app-only tokens at rest
    deletion_code,  // the confirmation of a data deletion
};
inline constexpr std::size_t kPurposes = 5;

using KeyId = std::array<std::uint8_t, 4>;
using KeyBytes = std::array<std::uint8_t, kKeySize>;

class Key {
public:
    explicit Key(const KeyBytes& master);
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();  // wipes

    // Identifies the key in sealed bytes. It is derived one-way.
    [[nodiscard]] const KeyId& id() const noexcept { return id_; }
    [[nodiscard]] const KeyBytes& derived(Purpose purpose) const noexcept {
        return derived_[static_cast<std::size_t>(purpose)];
    }

private:
    KeyId id_{};
    std::array<KeyBytes, kPurposes> derived_{};
};

class Keyring {
public:
    // Parses a keyring file: one base64 key of 32 bytes per line, blank lines, and "#" comments.
    // The first key seals, every key opens. Returns bad_request, with the line number in `detail`,
    // for another or empty text.
    [[nodiscard]] static Result<Keyring> parse(std::string_view text);

    // A keyring of one key that was generated at start.
    explicit Keyring(const KeyBytes& master) { keys_.emplace_back(master); }

    [[nodiscard]] const Key& first() const noexcept { return keys_.front(); }
    [[nodiscard]] const std::vector<Key>& keys() const noexcept { return keys_; }
    [[nodiscard]] const Key* find(const KeyId& id) const noexcept;

private:
    Keyring() = default;
    std::vector<Key> keys_;  // never empty
};

}  // namespace social::crypto
