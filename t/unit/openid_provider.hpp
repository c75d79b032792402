// An OpenID provider for tests: a key pair, its JWK set, and id tokens under it.
#pragma once

#include <openssl/core_names.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/base64.hpp"
#include "crypto/digest.hpp"
#include "crypto/evp.hpp"
#include "crypto/jws.hpp"
#include "crypto/jws_key.hpp"

namespace social::test {

class OpenidProvider {
public:
    explicit OpenidProvider(std::string kid = "one")
        : kid_(std::move(kid)),
          pair_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")),
          key_(made(pair_.get())) {}

    [[nodiscard]] std::string token(std::string_view claims) const {
        return crypto::sign_compact({.kid = kid_, .payload = claims}, key_);
    }

    [[nodiscard]] std::string jwks() const { return R"({"keys":[)" + jwk() + "]}"; }

    [[nodiscard]] std::string jwk() const {
        std::array<std::uint8_t, 65> point{};
        std::size_t size = 0;
        if (EVP_PKEY_get_octet_string_param(pair_.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                            point.size(), &size) != 1) {
            throw std::runtime_error("no public key");
        }
        const std::string_view bytes = crypto::as_text(point);
        return R"({"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":")" + kid_ +
               R"(","x":")" + base::base64url_encode(bytes.substr(1, 32)) + R"(","y":")" +
               base::base64url_encode(bytes.substr(33)) + R"("})";
    }

private:
    static crypto::JwsKey made(EVP_PKEY* pair) {
        EVP_PKEY_up_ref(pair);
        auto key = crypto::JwsKey::from_pkey(crypto::Algorithm::es256, crypto::Pkey(pair),
                                             crypto::KeyPart::whole);
        if (!key) {
            throw std::runtime_error("no key");
        }
        return std::move(*key);
    }

    std::string kid_;
    crypto::Pkey pair_;
    crypto::JwsKey key_;
};

}  // namespace social::test
