// Verification keys that are published as a JWK Set (`social_token_key jwks …`), in a file or at a
// URL. Each worker fetches the URL and replaces the set.
//
// TokenKeys owns it. Not thread-safe: after the configuration is read, only the event loop uses it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "crypto/key_set.hpp"

namespace social::token {

class PublishedKeys {
public:
    // Empty until the URL was fetched.
    [[nodiscard]] const crypto::KeySet& keys() const noexcept { return *keys_; }

    void replace(std::shared_ptr<const crypto::KeySet> keys) noexcept {
        keys_ = std::move(keys);
        ++version_;
    }
    void replace(crypto::KeySet keys) {
        replace(std::make_shared<const crypto::KeySet>(std::move(keys)));
    }

    // The number of replacements.
    [[nodiscard]] std::uint64_t version() const noexcept { return version_; }

    // `callback` is called for every token with an unknown `kid`. It limits the rate of fetches
    // itself. An empty function: the set never changes.
    void on_unknown_kid(std::function<void()> callback) { on_unknown_kid_ = std::move(callback); }
    void report_unknown_kid() const {
        if (on_unknown_kid_) {
            on_unknown_kid_();
        }
    }

private:
    std::shared_ptr<const crypto::KeySet> keys_ = std::make_shared<const crypto::KeySet>();
    std::uint64_t version_ = 0;
    std::function<void()> on_unknown_kid_;
};

}  // namespace social::token
