// SHA-2 by OpenSSL's low-level functions. They allocate nothing and cannot fail. A configured
// provider does not replace them. Included by crypto/sha2.hpp.
#pragma once

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace social::crypto {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

// `Size` is that of the digest in bytes.
template <std::size_t Size>
class LowLevelSha2 {
public:
    static constexpr std::size_t kBlock =  // bytes that are hashed at once
        Size == SHA256_DIGEST_LENGTH ? SHA256_CBLOCK : SHA512_CBLOCK;
    using Digest = std::array<std::uint8_t, Size>;

    LowLevelSha2() noexcept {
        if constexpr (Size == SHA256_DIGEST_LENGTH) {
            SHA256_Init(&context_);
        } else if constexpr (Size == SHA384_DIGEST_LENGTH) {
            SHA384_Init(&context_);
        } else {
            SHA512_Init(&context_);
        }
    }

    void update(std::string_view bytes) noexcept {
        if constexpr (Size == SHA256_DIGEST_LENGTH) {
            SHA256_Update(&context_, bytes.data(), bytes.size());
        } else if constexpr (Size == SHA384_DIGEST_LENGTH) {
            SHA384_Update(&context_, bytes.data(), bytes.size());
        } else {
            SHA512_Update(&context_, bytes.data(), bytes.size());
        }
    }

    // The digest of all input. The hash must not be used afterwards.
    [[nodiscard]] Digest finish() noexcept {
        Digest digest;
        if constexpr (Size == SHA256_DIGEST_LENGTH) {
            SHA256_Final(digest.data(), &context_);
        } else if constexpr (Size == SHA384_DIGEST_LENGTH) {
            SHA384_Final(digest.data(), &context_);
        } else {
            SHA512_Final(digest.data(), &context_);
        }
        return digest;
    }

    // Overwrites the state. The hash must not be used afterwards.
    void wipe() noexcept { OPENSSL_cleanse(&context_, sizeof(context_)); }

private:
    std::conditional_t<Size == SHA256_DIGEST_LENGTH, SHA256_CTX, SHA512_CTX> context_;
};

#pragma GCC diagnostic pop

}  // namespace social::crypto
