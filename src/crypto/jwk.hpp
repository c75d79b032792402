// JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2): how a provider publishes the
// keys of its id tokens.
//
// A JWK is bound to one algorithm: its `alg`, or what its type and curve leave
// open to one alone; an RSA key without `alg` is for `rsa_default`.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/algorithm.hpp"
#include "crypto/key_set.hpp"

namespace social::crypto {

inline constexpr std::size_t kMaxJwks = 64;  // keys of one set

// One key, for checking signatures only: private members are not read.
// bad_request, with the reason in detail, for a key that cannot be used: another
// `use` or `key_ops`, an unknown type, curve or algorithm, or unsafe numbers.
[[nodiscard]] Result<KeySet::Entry> read_jwk(const base::Json& jwk,
                                             Algorithm rsa_default = Algorithm::rs256);

// The usable asymmetric keys of a JWK Set; others are skipped (RFC 7517 §5). A secret
// in a published set is not one, so `oct` keys are skipped, too. bad_request when
// the text is no set, has over kMaxJwks keys, or none that can be used.
[[nodiscard]] Result<KeySet> read_jwk_set(std::string_view json,
                                          Algorithm rsa_default = Algorithm::rs256);

}  // namespace social::crypto
