// A cache of tokens with a valid signature, and their parsed claims. BearerCheck owns it, so it
// lives as long as the keys of its configuration.
//
// Clients send the same token repeatedly. Verifying its signature and parsing its JSON is most of
// the cost of a guarded request. The key is the whole token with the version of the keys. Site,
// rules and time are checked for each request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/secret_cache.hpp"
#include "token/parsed_claims.hpp"

namespace social::token {

class VerifiedTokenCache {
    struct Verified {
        std::uint64_t key_version = 0;
        ParsedClaims claims;
    };
    using Cache = base::SecretCache<Verified>;

public:
    static constexpr std::size_t kSlots = Cache::kSlots;      // entries
    static constexpr std::size_t kMaxSize = Cache::kMaxSize;  // bytes of a cached token

    // Returns nullptr on a miss, or if the keys have another version. The claims live until the
    // next put().
    [[nodiscard]] const ParsedClaims* find(std::string_view token,
                                           std::uint64_t key_version) const noexcept {
        const Verified* entry = cache_.find(token);
        return entry != nullptr && entry->key_version == key_version ? &entry->claims : nullptr;
    }

    // `token` must be verified. The result lives until the next put().
    const ParsedClaims& put(std::string_view token, std::uint64_t key_version,
                            ParsedClaims claims) {
        return cache_.put(token, {.key_version = key_version, .claims = std::move(claims)}).claims;
    }

private:
    Cache cache_;
};

}  // namespace social::token
