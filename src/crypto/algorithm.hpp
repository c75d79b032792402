// The signature algorithms of tokens (RFC 7518 §3, RFC 8037 §3.1) and their parameters. "none" is
// not supported, in any spelling.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace social::crypto {

enum class Algorithm : std::uint8_t {
    hs256,
    hs384,
    hs512,
    rs256,
    rs384,
    rs512,
    ps256,
    ps384,
    ps512,
    es256,
    es384,
    es512,
    eddsa,
};

enum class Family : std::uint8_t { hmac, rsa, rsa_pss, ecdsa, eddsa };

// The strings are static and zero-terminated, as OpenSSL requires.
struct AlgorithmFacts {
    std::string_view name;  // the `alg` header parameter, case-sensitive (RFC 7515 §4.1.1)
    Family family;
    const char* digest;       // OpenSSL's name; "" for EdDSA
    std::size_t digest_size;  // bytes; 0 for EdDSA
    std::string_view curve;   // `crv` of a JWK (RFC 7518 §6.2.1.1); empty for HMAC and RSA
    const char* group;        // OpenSSL's name of the curve
    std::size_t coordinate;   // bytes of a coordinate, of R and of S; of x for EdDSA
};

[[nodiscard]] const AlgorithmFacts& facts(Algorithm algorithm) noexcept;

// Returns nullopt for an unknown name. Names are case-sensitive.
[[nodiscard]] std::optional<Algorithm> algorithm_named(std::string_view name) noexcept;

}  // namespace social::crypto
