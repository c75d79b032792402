// What is stored of a session, and how a stored record looks at rest.
//
// A Record is made by flow/callback, changed by refresh, and read by the session
// API. `body` is the very JSON that the API sends, so that a read
// costs no JSON work; the rest is what the gateway itself needs.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/secret.hpp"
#include "crypto/keyring.hpp"

namespace social::session {

// What a store is keyed by: SHA-256 of the session's reference, never the
// reference itself.
using StoreKey = std::array<std::uint8_t, 32>;

// Where a record was read from.
enum class Origin : std::uint8_t {
    memory,  // of this machine: the store itself, or a copy of Redis
    redis,   // it was asked
    stale,   // a copy past its time, while Redis does not answer
};

struct Record {
    // What each read of a session looks at comes first, so that it is in as few lines of the
    // processor's cache as can be.
    std::string site;                // id of the site that the session belongs to
    std::string provider;            // name of the provider block
    std::string body;                // the session JSON as it is sent; holds tokens
    std::int64_t expires_at = 0;     // end of the session; in Unix seconds, as all times here
    Origin origin = Origin::memory;  // of this copy; not stored

    std::string user_id;  // the provider's id of the user; may be empty
    base::Secret access_token;
    base::Secret token_secret;           // OAuth 1.0a only
    base::Secret refresh_token;          // never leaves the gateway
    std::int64_t created_at = 0;         // of the session
    std::int64_t token_issued_at = 0;    // when access_token was issued
    std::int64_t token_expires_at = 0;   // 0: the provider set no end
    std::int64_t refresh_at = 0;         // when access_token wants renewing; 0: never
    std::uint32_t refresh_failures = 0;  // one after another, until now
    std::uint64_t generation = 1;        // grows with each refresh (compare-and-set)
};

// The stored form: one version byte, the id of the key, the site, a nonce, and
// the rest under AES-256-GCM with the store key and everything before it as
// associated data: two values swapped between keys do not open.
[[nodiscard]] std::string encode(const Record& record, const StoreKey& key,
                                 const crypto::Keyring& keyring);

struct Opened {
    Record record;
    std::size_t sealing = 0;     // bytes that `stored` begins with: up to the nonce, and so its own
    bool under_old_key = false;  // sealed by another than the keyring's first key
};

// Bytes of Opened::sealing that a store compares at most.
inline constexpr std::size_t kLongestSealing = 128;

// not_found when the bytes are no record of this store key: corrupted, swapped,
// truncated, of another version, or sealed with a key that is gone. The memory of
// `stored` becomes that of the body: give it away.
[[nodiscard]] Result<Opened> decode(std::string stored, const StoreKey& key,
                                    const crypto::Keyring& keyring);

}  // namespace social::session
