#include "crypto/sha2.hpp"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // see the header

namespace social::crypto {

// None of OpenSSL's functions below can fail.

template <class Context, std::size_t Size>
Sha2<Context, Size>::Sha2() noexcept {
    if constexpr (Size == SHA256_DIGEST_LENGTH) {
        SHA256_Init(&context_);
    } else if constexpr (Size == SHA384_DIGEST_LENGTH) {
        SHA384_Init(&context_);
    } else {
        SHA512_Init(&context_);
    }
}

template <class Context, std::size_t Size>
void Sha2<Context, Size>::update(std::string_view bytes) noexcept {
    if constexpr (Size == SHA256_DIGEST_LENGTH) {
        SHA256_Update(&context_, bytes.data(), bytes.size());
    } else if constexpr (Size == SHA384_DIGEST_LENGTH) {
        SHA384_Update(&context_, bytes.data(), bytes.size());
    } else {
        SHA512_Update(&context_, bytes.data(), bytes.size());
    }
}

template <class Context, std::size_t Size>
Sha2<Context, Size>::Digest Sha2<Context, Size>::finish() noexcept {
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

template class Sha2<SHA256_CTX, SHA256_DIGEST_LENGTH>;
template class Sha2<SHA512_CTX, SHA384_DIGEST_LENGTH>;
template class Sha2<SHA512_CTX, SHA512_DIGEST_LENGTH>;

}  // namespace social::crypto
