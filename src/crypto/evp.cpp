#include "crypto/evp.hpp"

namespace social::crypto {

const EVP_CIPHER* aes_256_gcm() {
    static const Cipher fetched(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    require(fetched != nullptr, "OpenSSL has no AES-256-GCM");
    return fetched.get();
}

EVP_KDF* hkdf() {
    static const Kdf fetched(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
    require(fetched != nullptr, "OpenSSL has no HKDF");
    return fetched.get();
}

EVP_MAC* hmac() {
    static const Mac fetched(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    require(fetched != nullptr, "OpenSSL has no HMAC");
    return fetched.get();
}

}  // namespace social::crypto
