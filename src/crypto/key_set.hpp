// Several keys that may have signed a token: the token keys of the configuration,
// or the key set of a provider.
//
// Which key is tried: where the token's `kid` names keys of the set, those alone.
// Where it names none, only keys that have no id (so that a token with an unknown
// id is refused when all keys have one). Without a `kid`, every key of
// the token's algorithm.
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
    struct Entry {
        std::string kid;  // may be empty
        JwsKey key;
    };

    void add(Entry entry) { entries_.push_back(std::move(entry)); }

    // The payload of a token that one of the keys signed; unauthenticated,
    // "Invalid token", otherwise. Never throws but for lack of memory.
    [[nodiscard]] Result<std::string> verify(std::string_view token) const;

    [[nodiscard]] bool has_kid(std::string_view kid) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] std::span<const Entry> entries() const noexcept { return entries_; }

private:
    std::vector<Entry> entries_;
};

}  // namespace social::crypto
