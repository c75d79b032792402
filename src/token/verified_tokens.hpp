// A memory of tokens whose signature was right, with what they state. Owned by
// BearerCheck, so it ends with the keys of its configuration.
//
// A caller sends one token again and again, and to check its signature and to read its
// JSON costs more than all the rest of a guarded request. Only that is remembered, under
// the whole text and the state of the keys; site, rules and time are looked at each time.
//
// A token is looked for by the end of its signature, which whoever has no key cannot choose
// for a token that gets in here, and compared in constant time (CVE-2024-25189). Tokens that
// were refused leave no trace, so that guesses cannot drive out what is in use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "token/stated_claims.hpp"

namespace social::token {

class VerifiedTokens {
public:
    static constexpr std::size_t kPlaces = 1024;   // tokens that are kept at most
    static constexpr std::size_t kLongest = 2048;  // bytes of one that is kept

    // nullptr unless the very same token was remembered, under keys of the same version.
    // What is pointed to lives until the next remember().
    [[nodiscard]] const StatedClaims* find(std::string_view token,
                                           std::uint64_t key_version) const noexcept;

    // `token` was verified just now. What is referred to lives until the next remember().
    const StatedClaims& remember(std::string_view token, std::uint64_t key_version,
                                 StatedClaims claims);

private:
    // A token may be in each of the places that its mark leads to.
    static constexpr std::size_t kWays = 4;

    struct Place {
        std::uint64_t mark = 0;  // of the token; 0: nothing is here
        std::uint64_t key_version = 0;
        base::Secret token;
        StatedClaims claims;
    };
    [[nodiscard]] static std::size_t first_place(std::uint64_t mark) noexcept;

    std::vector<Place> places_;  // none before the first token
    std::size_t turn_ = 0;       // which of its places the next token takes
};

}  // namespace social::token
