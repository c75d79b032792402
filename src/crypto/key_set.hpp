// The keys that may verify a token: the configured token keys, or the key set of a provider.
//
// A `kid` that is in the set selects its keys. An unknown `kid` selects the keys without an id; if
// all keys have ids, the token is refused. Without a `kid`, all keys of the token's algorithm are
// tried.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "crypto/jws_key.hpp"

namespace social::crypto {

class KeySet {
public:
    struct NamedKey {
        std::string kid;  // may be empty
        JwsKey key;
    };

    void add(NamedKey entry) { entries_.push_back(std::move(entry)); }

    // Returns the payload if one of the keys signed the token. Otherwise returns unauthenticated
    // ("Invalid token"). Throws only std::bad_alloc.
    [[nodiscard]] Result<std::string> verify(std::string_view token) const;

    [[nodiscard]] bool has_kid(std::string_view kid) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] std::span<const NamedKey> entries() const noexcept { return entries_; }

private:
    std::vector<NamedKey> entries_;
};

}  // namespace social::crypto
