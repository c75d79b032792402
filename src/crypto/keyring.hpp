// The keys that the gateway seals with (directive social_keyring).
//
// A keyring is read at configuration time, or made at start, and is read-only
// after that. Each 32-byte master key of the file is never used itself: a key
// per purpose is derived from it (HKDF-SHA-256, RFC 5869), so that what was
// sealed for one purpose cannot be presented for another.
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
    session_id,     // the reference inside a session id
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

    // Names the key in what it sealed; derived from it one-way.
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
    // `text` is a keyring file: one base64 key of 32 bytes a line, blank lines
    // and "#" comments ignored; the first key seals, all open. bad_request, with
    // the line's number in detail, for anything else and for an empty file.
    [[nodiscard]] static Result<Keyring> parse(std::string_view text);

    // A keyring of one key, for the key that is made at start.
    explicit Keyring(const KeyBytes& master) { keys_.emplace_back(master); }

    [[nodiscard]] const Key& first() const noexcept { return keys_.front(); }
    [[nodiscard]] const std::vector<Key>& keys() const noexcept { return keys_; }
    [[nodiscard]] const Key* find(const KeyId& id) const noexcept;

private:
    Keyring() = default;
    std::vector<Key> keys_;  // never empty
};

}  // namespace social::crypto
