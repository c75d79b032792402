// A session record and its encrypted form.
//
// flow/callback creates a Record, flow/refresh updates it, and the session API reads it. `body` is
// the JSON response of the API, so that a read parses and builds no JSON. The other fields are
// internal.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/secret.hpp"
#include "crypto/keyring.hpp"

namespace social::session {

// The key of a session in a store: SHA-256 of its reference. The reference itself is never stored.
using StoreKey = std::array<std::uint8_t, 32>;

// The source of a record, in the words of nginx's $upstream_cache_status.
enum class CacheStatus : std::uint8_t {
    hit,    // memory of this machine: the store or the cache
    miss,   // Redis
    stale,  // an expired cache entry, while Redis is unavailable
};

struct Record {
    // The fields of a session read come first, so that they share few cache lines.
    std::string site;             // id of the session's site
    std::string provider;         // name of the provider block
    std::string body;             // the session JSON as sent; contains tokens
    std::int64_t expires_at = 0;  // expiry of the session; Unix seconds, as all times here
    CacheStatus cache_status = CacheStatus::hit;  // of this object; not stored

    std::string user_id;  // the user's id at the provider; may be empty
    base::Secret access_token;
    base::Secret token_secret;           // OAuth 1.0a only
    base::Secret refresh_token;          // never leaves the gateway
    std::int64_t created_at = 0;         // of the session
    std::int64_t token_issued_at = 0;    // time of issue of access_token
    std::int64_t token_expires_at = 0;   // 0: it does not expire
    std::int64_t refresh_at = 0;         // when access_token is due for a refresh; 0: never
    std::uint32_t refresh_failures = 0;  // consecutive ones
    std::uint64_t generation = 1;        // increases with each refresh (compare-and-set)
};

// Returns the stored form: a version byte, the key id, the site, a nonce, and AES-256-GCM of the
// rest. Associated data are the bytes before the nonce and the store key. So values that were
// swapped between keys do not open. Throws as crypto::seal() does.
[[nodiscard]] std::string encode(const Record& record, const StoreKey& key,
                                 const crypto::Keyring& keyring);

struct Opened {
    Record record;
    std::size_t sealing = 0;        // bytes of `stored` up to and including the nonce; unique
    bool with_retired_key = false;  // not sealed with the first key of the keyring
};

// Bytes of Opened::sealing that a store compares at most.
inline constexpr std::size_t kMaxSealingBytes = 128;

// Returns not_found if the bytes are no record of this store key: corrupted, swapped, truncated or
// of another version. Also if they were sealed with a removed key. The body reuses the buffer of
// `stored`: move it in.
[[nodiscard]] Result<Opened> decode(std::string stored, const StoreKey& key,
                                    const crypto::Keyring& keyring);

}  // namespace social::session
