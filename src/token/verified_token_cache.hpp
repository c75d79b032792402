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
    using Memory = base::SecretCache<Verified>;

public:
    static constexpr std::size_t kPlaces = Memory::kPlaces;    // entries
    static constexpr std::size_t kLongest = Memory::kLongest;  // bytes of a cached token

    // Returns nullptr on a miss, or if the keys have another version. The claims live until the
    // next remember().
    [[nodiscard]] const ParsedClaims* find(std::string_view token,
                                           std::uint64_t key_version) const noexcept {
        const Verified* known = memory_.find(token);
        return known != nullptr && known->key_version == key_version ? &known->claims : nullptr;
    }

    // `token` must be verified. The result lives until the next remember().
    const ParsedClaims& remember(std::string_view token, std::uint64_t key_version,
                                 ParsedClaims claims) {
        return memory_.remember(token, {.key_version = key_version, .claims = std::move(claims)})
            .claims;
    }

private:
    Memory memory_;
};

}  // namespace social::token
