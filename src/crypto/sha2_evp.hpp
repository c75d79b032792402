// SHA-2 by EVP contexts. Each copy allocates memory. Without memory they throw std::runtime_error,
// which ends the process if the caller is noexcept. Included by crypto/sha2.hpp.
#pragma once

#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto/evp.hpp"

namespace social::crypto {

// `Size` is that of the digest in bytes.
template <std::size_t Size>
class EvpSha2 {
public:
    static constexpr std::size_t kBlock =  // bytes that are hashed at once
        Size == SHA256_DIGEST_LENGTH ? 64 : 128;
    using Digest = std::array<std::uint8_t, Size>;

    EvpSha2() { check(EVP_DigestInit_ex2(context_.get(), algorithm(), nullptr)); }
    EvpSha2(const EvpSha2& other) {
        check(EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()));
    }
    EvpSha2& operator=(const EvpSha2&) = delete;
    ~EvpSha2() = default;

    void update(std::string_view bytes) {
        check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
    }

    // The digest of all input. The hash must not be used afterwards.
    [[nodiscard]] Digest finish() {
        Digest digest;
        check(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
        return digest;
    }

    // Frees the state, which OpenSSL overwrites. The hash must not be used afterwards.
    void wipe() noexcept { context_.reset(); }

private:
    static void check(int done) { require(done == 1, "OpenSSL failed to compute a digest"); }

    // Fetched once, as in crypto/evp.hpp.
    static const EVP_MD* algorithm() {
        static const crypto::Digest fetched(EVP_MD_fetch(nullptr,
                                                         Size == SHA256_DIGEST_LENGTH   ? "SHA256"
                                                         : Size == SHA384_DIGEST_LENGTH ? "SHA384"
                                                                                        : "SHA512",
                                                         nullptr));
        return fetched.get();
    }

    DigestContext context_{EVP_MD_CTX_new()};
};

}  // namespace social::crypto
