// The hash by which an id token vouches for what came with it (OpenID Connect Core 1.0
// §3.1.3.6, at_hash): the left half of a digest, with the hash function of the token's
// own signature.
#pragma once

#include <string>
#include <string_view>

#include "crypto/algorithm.hpp"

namespace social::crypto {

// base64url. EdDSA with Ed25519 hashes with SHA-512 (RFC 8032 §5.1). Throws
// std::runtime_error only when OpenSSL itself fails.
[[nodiscard]] std::string left_half_hash(Algorithm algorithm, std::string_view text);

}  // namespace social::crypto
