// JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2): providers publish the keys of their id tokens
// so.
//
// A JWK is bound to one algorithm: its `alg`, else the only one for its type and curve. An RSA key
// without `alg` gets `rsa_default`.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/algorithm.hpp"
#include "crypto/key_set.hpp"

namespace social::crypto {

inline constexpr std::size_t kMaxJwks = 64;  // keys of a set

// Reads a key for verification; private members are ignored. Returns bad_request, with the reason
// in `detail`, if the key is unusable. Reasons are another `use` or `key_ops`, an unknown type,
// curve or algorithm, and unsafe numbers.
[[nodiscard]] Result<KeySet::NamedKey> read_jwk(const base::Json& jwk,
                                                Algorithm rsa_default = Algorithm::rs256);

// Returns the usable asymmetric keys of a JWK Set and skips others (RFC 7517 §5). A published
// secret is no secret, so `oct` keys are skipped, too. Returns bad_request if the text is no JWK
// Set, has more than kMaxJwks keys, or no usable one.
[[nodiscard]] Result<KeySet> read_jwk_set(std::string_view json,
                                          Algorithm rsa_default = Algorithm::rs256);

}  // namespace social::crypto
