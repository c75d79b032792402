#include "crypto/jwk.hpp"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/base64.hpp"
#include "base/secret.hpp"
#include "crypto/jws_key.hpp"

namespace social::crypto {
namespace {

using base::Json;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, EvpDelete<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, EvpDelete<OSSL_PARAM_free>>;

// In bytes. JwsKey refuses larger numbers.
constexpr std::size_t kMaxModulusBytes = kMaxRsaBits / 8 + 1;  // with a leading zero
constexpr std::size_t kMaxExponentBytes = 8;

std::unexpected<Error> unusable(std::string_view reason) {
    return fail(Kind::bad_request, "unusable JSON Web Key", std::string(reason));
}

const std::uint8_t* octets(std::string_view bytes) noexcept {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

// Returns the bytes of a base64url member. Returns nullopt if it is absent, malformed or empty.
std::optional<std::string> bytes_of(const Json& jwk, std::string_view name) {
    const auto text = jwk.member(name).text();
    auto bytes = text ? base::base64url_decode(*text) : std::nullopt;
    if (!bytes || bytes->empty()) {
        return std::nullopt;
    }
    return bytes;
}

// Returns true if `use` and `key_ops` allow verification (RFC 7517 §4.2, §4.3).
bool may_verify(const Json& jwk) {
    if (const Json use = jwk.member("use"); use.present() && use.text() != "sig") {
        return false;
    }
    const Json operations = jwk.member("key_ops");
    if (!operations.present()) {
        return true;
    }
    for (std::size_t i = 0; i < operations.size(); ++i) {
        if (operations.at(i).text() == "verify") {
            return true;
        }
    }
    return false;
}

// Returns the only algorithm for `kty` and `crv`. Returns nullopt for an unknown type or curve.
std::optional<Algorithm> default_algorithm(const Json& jwk, Algorithm rsa_default) {
    const auto type = jwk.member("kty").text();
    if (type == "RSA") {
        return rsa_default;
    }
    if (type == "EC" || type == "OKP") {
        const Family family = type == "EC" ? Family::ecdsa : Family::eddsa;
        const auto curve = jwk.member("crv").text();
        for (const auto candidate :
             {Algorithm::es256, Algorithm::es384, Algorithm::es512, Algorithm::eddsa}) {
            if (facts(candidate).family == family && curve == facts(candidate).curve) {
                return candidate;
            }
        }
    }
    return std::nullopt;
}

std::optional<Algorithm> algorithm_of(const Json& jwk, Algorithm rsa_default) {
    const Json alg = jwk.member("alg");
    if (!alg.present()) {
        return default_algorithm(jwk, rsa_default);
    }
    const auto name = alg.text();
    return name ? algorithm_named(*name) : std::nullopt;
}

Pkey make_pkey(const char* type, OSSL_PARAM_BLD* builder) {
    const Params params(OSSL_PARAM_BLD_to_param(builder));
    const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        return nullptr;
    }
    return Pkey(key);
}

Pkey read_rsa(const Json& jwk) {
    const auto modulus = bytes_of(jwk, "n");
    const auto exponent = bytes_of(jwk, "e");
    if (!modulus || !exponent || modulus->size() > kMaxModulusBytes ||
        exponent->size() > kMaxExponentBytes) {
        return nullptr;
    }
    const Bignum n(BN_bin2bn(octets(*modulus), static_cast<int>(modulus->size()), nullptr));
    const Bignum e(BN_bin2bn(octets(*exponent), static_cast<int>(exponent->size()), nullptr));
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    if (n == nullptr || e == nullptr || builder == nullptr ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
        return nullptr;
    }
    return make_pkey("RSA", builder.get());
}

// OpenSSL refuses a point outside the curve.
Pkey read_ec(const Json& jwk, const AlgorithmFacts& algorithm) {
    const auto x = bytes_of(jwk, "x");
    const auto y = bytes_of(jwk, "y");
    // Coordinates have the full length, with leading zeros (RFC 7518 §6.2.1.2).
    if (!x || !y || x->size() != algorithm.coordinate || y->size() != algorithm.coordinate ||
        jwk.member("crv").text() != algorithm.curve) {
        return nullptr;
    }
    const std::string point = '\x04' + *x + *y;  // SEC 1 §2.3.3, uncompressed
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    if (builder == nullptr ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, algorithm.group,
                                        0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) != 1) {
        return nullptr;
    }
    return make_pkey("EC", builder.get());
}

Pkey read_okp(const Json& jwk, const AlgorithmFacts& algorithm) {
    const auto x = bytes_of(jwk, "x");
    if (!x || x->size() != algorithm.coordinate || jwk.member("crv").text() != algorithm.curve) {
        return nullptr;
    }
    return Pkey(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, octets(*x), x->size()));
}

Result<JwsKey> read_secret(const Json& jwk, Algorithm algorithm) {
    auto secret = bytes_of(jwk, "k");
    if (!secret) {
        return unusable("no secret");
    }
    auto key = JwsKey::from_secret(algorithm, *secret);
    base::wipe(*secret);
    return key;
}

// Refuses a contradictory JWK: `kty` must be the type of the algorithm.
Result<JwsKey> read_key(const Json& jwk, Algorithm algorithm) {
    const auto type = jwk.member("kty").text();
    const AlgorithmFacts& row = facts(algorithm);
    Pkey key;
    switch (row.family) {
        case Family::hmac:
            return type == "oct" ? read_secret(jwk, algorithm) : unusable("no secret");
        case Family::rsa:
        case Family::rsa_pss:
            key = type == "RSA" ? read_rsa(jwk) : nullptr;
            break;
        case Family::ecdsa:
            key = type == "EC" ? read_ec(jwk, row) : nullptr;
            break;
        case Family::eddsa:
            key = type == "OKP" ? read_okp(jwk, row) : nullptr;
            break;
    }
    if (key == nullptr) {
        return unusable("the key does not fit its algorithm");
    }
    return JwsKey::from_pkey(algorithm, std::move(key), KeyPart::public_part);
}

}  // namespace

Result<KeySet::NamedKey> read_jwk(const Json& jwk, Algorithm rsa_default) {
    const ErrorMark mark;
    if (!jwk.is_object()) {
        return unusable("not an object");
    }
    if (!may_verify(jwk)) {
        return unusable("not for checking signatures");
    }
    const auto algorithm = algorithm_of(jwk, rsa_default);
    if (!algorithm) {
        return unusable("the algorithm is unknown");
    }
    const Json kid = jwk.member("kid");
    if (kid.present() && !kid.is_string()) {
        return unusable("the key id is not a string");
    }
    auto key = read_key(jwk, *algorithm);
    if (!key) {
        return std::unexpected(std::move(key.error()));
    }
    return KeySet::NamedKey{.kid = kid.text().value_or(std::string()), .key = std::move(*key)};
}

Result<KeySet> read_jwk_set(std::string_view json, Algorithm rsa_default) {
    const auto document = base::Json::parse(json);
    if (!document) {
        return fail(Kind::bad_request, "the JWK Set is not valid JSON");
    }
    const Json keys = document->member("keys");
    if (!keys.is_array() || keys.size() > kMaxJwks) {
        return fail(Kind::bad_request, "the JWK Set has no list of keys, or too many");
    }
    KeySet set;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const Json jwk = keys.at(i);
        if (jwk.member("kty").text() == "oct") {
            continue;
        }
        if (auto entry = read_jwk(jwk, rsa_default)) {
            set.add(std::move(*entry));
        }
    }
    if (set.empty()) {
        return fail(Kind::bad_request, "the JWK Set has no usable key");
    }
    return set;
}

}  // namespace social::crypto
