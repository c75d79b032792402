// Owning pointers to OpenSSL's EVP objects.
//
// EVP_*_fetch() searches the providers under locks, which costs more than the cryptography itself.
// So callers fetch an algorithm once and keep it until the module is unloaded.
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

// Removes the errors that OpenSSL queues in this scope. Otherwise a forged token leaves an error
// behind. nginx finds it before its next TLS read and logs "ignoring stale global SSL error".
class ErrorMark {
public:
    ErrorMark() noexcept { ERR_set_mark(); }
    ErrorMark(const ErrorMark&) = delete;
    ErrorMark& operator=(const ErrorMark&) = delete;
    ~ErrorMark() { ERR_pop_to_mark(); }
};

// For calls that fail only if OpenSSL is out of memory or lacks a provider.
inline void require(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(what);
    }
}

}  // namespace social::crypto
