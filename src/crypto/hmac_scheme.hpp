// HS256, HS384 and HS512 (RFC 7518 §3.2).
//
// What the key comes to in HMAC (RFC 2104 §2) is hashed once: a check goes on from there, which
// costs less than EVP_MAC does.
#pragma once

#include <memory>
#include <string_view>

#include "crypto/algorithm.hpp"
#include "crypto/signature_scheme.hpp"

namespace social::crypto {

// `algorithm` is of the HMAC family.
[[nodiscard]] std::unique_ptr<SignatureScheme> make_hmac_scheme(const AlgorithmFacts& algorithm,
                                                                std::string_view secret);

}  // namespace social::crypto
