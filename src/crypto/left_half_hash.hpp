// The at_hash of an id token (OpenID Connect Core 1.0 §3.1.3.6): the left half of the access
// token's digest. The hash function is that of the id token's algorithm.
#pragma once

#include <string>
#include <string_view>

#include "crypto/algorithm.hpp"

namespace social::crypto {

// Returns base64url. Ed25519 uses SHA-512 (RFC 8032 §5.1). Throws std::runtime_error if OpenSSL
// fails.
[[nodiscard]] std::string left_half_hash(Algorithm algorithm, std::string_view text);

}  // namespace social::crypto
