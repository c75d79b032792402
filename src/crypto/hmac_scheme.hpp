// HS256, HS384 and HS512 (RFC 7518 §3.2).
//
// The inner and outer pads are hashed once per key (RFC 2104 §4). Each check starts from that
// state, which is faster than EVP_MAC.
#pragma once

#include <memory>
#include <string_view>

#include "crypto/algorithm.hpp"
#include "crypto/signature_scheme.hpp"

namespace social::crypto {

// `algorithm` must be of the HMAC family.
[[nodiscard]] std::unique_ptr<SignatureScheme> make_hmac_scheme(const AlgorithmFacts& algorithm,
                                                                std::string_view secret);

}  // namespace social::crypto
