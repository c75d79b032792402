#include "crypto/hkdf.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto/evp.hpp"

namespace social::crypto {
namespace {

OSSL_PARAM octets(const char* name, std::string_view bytes) noexcept {
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

EVP_KDF* hkdf() {
    static const Kdf fetched(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
    require(fetched != nullptr, "OpenSSL has no HKDF");
    return fetched.get();
}

}  // namespace

void hkdf_sha256(const HkdfInput& input, std::span<std::uint8_t> out) {
    KdfContext context(EVP_KDF_CTX_new(hkdf()));
    require(context != nullptr, "OpenSSL cannot create an HKDF context");

    char digest[] = "SHA256";
    // OpenSSL rejects parameters without data: omit the empty ones.
    OSSL_PARAM parameters[5];
    std::size_t count = 0;
    parameters[count++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
    parameters[count++] = octets(OSSL_KDF_PARAM_KEY, input.key);
    if (!input.salt.empty()) {
        parameters[count++] = octets(OSSL_KDF_PARAM_SALT, input.salt);
    }
    if (!input.info.empty()) {
        parameters[count++] = octets(OSSL_KDF_PARAM_INFO, input.info);
    }
    parameters[count] = OSSL_PARAM_construct_end();
    require(EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) == 1,
            "OpenSSL failed to derive a key");
}

}  // namespace social::crypto
