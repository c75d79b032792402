// Keys that somebody else publishes as a JWK Set (`social_token_key jwks …`): of a file,
// or of a URL, whose set each worker fetches and replaces as it changes. They only ever
// verify.
//
// Owned by TokenKeys. Touched by the event loop only, once the configuration is read.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "crypto/key_set.hpp"

namespace social::token {

class PublishedKeys {
public:
    // Empty until the first answer of a URL.
    [[nodiscard]] const crypto::KeySet& keys() const noexcept { return keys_; }

    void replace(crypto::KeySet keys) {
        keys_ = std::move(keys);
        ++version_;
    }

    // How often the set was replaced.
    [[nodiscard]] std::uint64_t version() const noexcept { return version_; }

    // Called for every token whose `kid` no key has: how often that is worth asking the
    // publisher is for `ask` to know. None: the set never changes.
    void when_unknown(std::function<void()> ask) { ask_ = std::move(ask); }
    void ask_for_unknown() const {
        if (ask_) {
            ask_();
        }
    }

private:
    crypto::KeySet keys_;
    std::uint64_t version_ = 0;
    std::function<void()> ask_;
};

}  // namespace social::token
