// A memory of tokens whose signature was right, with what they state. Owned by
// BearerCheck, so it ends with the keys of its configuration.
//
// A caller sends one token again and again, and to check its signature and to read its
// JSON costs more than all the rest of a guarded request. Only that is remembered, under
// the whole text and the state of the keys; site, rules and time are looked at each time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/secret_memory.hpp"
#include "token/stated_claims.hpp"

namespace social::token {

class VerifiedTokens {
    struct Verified {
        std::uint64_t key_version = 0;
        StatedClaims claims;
    };
    using Memory = base::SecretMemory<Verified>;

public:
    static constexpr std::size_t kPlaces = Memory::kPlaces;    // tokens that are kept at most
    static constexpr std::size_t kLongest = Memory::kLongest;  // bytes of one that is kept

    // nullptr unless the very same token was remembered, under keys of the same version.
    // What is pointed to lives until the next remember().
    [[nodiscard]] const StatedClaims* find(std::string_view token,
                                           std::uint64_t key_version) const noexcept {
        const Verified* known = memory_.find(token);
        return known != nullptr && known->key_version == key_version ? &known->claims : nullptr;
    }

    // `token` was verified just now. What is referred to lives until the next remember().
    const StatedClaims& remember(std::string_view token, std::uint64_t key_version,
                                 StatedClaims claims) {
        return memory_.remember(token, {.key_version = key_version, .claims = std::move(claims)})
            .claims;
    }

private:
    Memory memory_;
};

}  // namespace social::token
