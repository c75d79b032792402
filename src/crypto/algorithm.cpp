#include "crypto/algorithm.hpp"

#include <array>

namespace social::crypto {
namespace {

// In the order of Algorithm.
constexpr std::array<AlgorithmFacts, 13> kFacts = {{
    {"HS256", Family::hmac, "SHA256", 32, {}, "", 0},
    {"HS384", Family::hmac, "SHA384", 48, {}, "", 0},
    {"HS512", Family::hmac, "SHA512", 64, {}, "", 0},
    {"RS256", Family::rsa, "SHA256", 32, {}, "", 0},
    {"RS384", Family::rsa, "SHA384", 48, {}, "", 0},
    {"RS512", Family::rsa, "SHA512", 64, {}, "", 0},
    {"PS256", Family::rsa_pss, "SHA256", 32, {}, "", 0},
    {"PS384", Family::rsa_pss, "SHA384", 48, {}, "", 0},
    {"PS512", Family::rsa_pss, "SHA512", 64, {}, "", 0},
    {"ES256", Family::ecdsa, "SHA256", 32, "P-256", "prime256v1", 32},
    {"ES384", Family::ecdsa, "SHA384", 48, "P-384", "secp384r1", 48},
    {"ES512", Family::ecdsa, "SHA512", 64, "P-521", "secp521r1", 66},
    {"EdDSA", Family::eddsa, "", 0, "Ed25519", "", 32},
}};

}  // namespace

const AlgorithmFacts& facts(Algorithm algorithm) noexcept {
    return kFacts[static_cast<std::size_t>(algorithm)];
}

std::optional<Algorithm> algorithm_named(std::string_view name) noexcept {
    for (std::size_t i = 0; i < kFacts.size(); ++i) {
        if (kFacts[i].name == name) {
            return static_cast<Algorithm>(i);
        }
    }
    return std::nullopt;
}

}  // namespace social::crypto
