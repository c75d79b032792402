// OpenSSL's EVP objects as owners, and the algorithms of this project fetched once.
//
// EVP_*_fetch() searches the providers under locks; on the path of every request
// that would cost more than the cryptography itself, so the fetched objects are
// kept until the module is unloaded. Contexts are kept per thread.
#pragma once

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <memory>
#include <stdexcept>

namespace social::crypto {

template <auto Free>
struct EvpDelete {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

using Bignum = std::unique_ptr<BIGNUM, EvpDelete<BN_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER, EvpDelete<EVP_CIPHER_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, EvpDelete<EVP_CIPHER_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, EvpDelete<ECDSA_SIG_free>>;
using Kdf = std::unique_ptr<EVP_KDF, EvpDelete<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, EvpDelete<EVP_KDF_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, EvpDelete<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, EvpDelete<EVP_MAC_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD, EvpDelete<EVP_MD_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, EvpDelete<EVP_MD_CTX_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, EvpDelete<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, EvpDelete<EVP_PKEY_CTX_free>>;

// Takes the errors that OpenSSL queued in its scope off the queue again. Without
// it, a forged token would leave an entry behind that nginx finds before its next
// TLS read and reports as "ignoring stale global SSL error".
class ErrorMark {
public:
    ErrorMark() noexcept { ERR_set_mark(); }
    ErrorMark(const ErrorMark&) = delete;
    ErrorMark& operator=(const ErrorMark&) = delete;
    ~ErrorMark() { ERR_pop_to_mark(); }
};

// For what fails only when OpenSSL itself does: out of memory, or no provider.
inline void require(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(what);
    }
}

// Throw std::runtime_error when no provider of the process has the algorithm.
[[nodiscard]] const EVP_CIPHER* aes_256_gcm();
[[nodiscard]] EVP_KDF* hkdf();
[[nodiscard]] EVP_MAC* hmac();

}  // namespace social::crypto
