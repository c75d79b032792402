// A random seed per zone, set when the zone is formatted. All hashes of names in the zone are
// seeded_digest(). A client that chooses a name cannot choose its slot, and cannot evict a specific
// entry (Crosby and Wallach, 2003).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "crypto/digest.hpp"

namespace social::store {

using ZoneSeed = std::array<std::uint8_t, 16>;

// The first bytes of SHA-256 over the seed and `name`. `name` may be any bytes.
template <class Key>
[[nodiscard]] Key seeded_digest(const ZoneSeed& seed, std::string_view name) noexcept {
    crypto::Sha256 hash;
    hash.update(crypto::as_text(seed));
    hash.update(name);
    const crypto::Sha256Digest digest = hash.finish();
    Key key;
    static_assert(sizeof(key) <= sizeof(digest));
    std::memcpy(key.data(), digest.data(), sizeof(key));
    return key;
}

}  // namespace social::store
