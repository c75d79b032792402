// SHA-256, SHA-384 and SHA-512 (FIPS 180-4) as values: a hash that is under way is copied like
// any other, which HMAC with a prepared key rests on.
//
// These are OpenSSL's own functions from beneath EVP. It has kept them all along, but calls them
// deprecated since 3.0. EVP allocates memory for each copy and asks its providers anew with each
// call: by way of it, a forged token takes 5 % more of the processor in all, and a login with
// PKCE 2 %. So these hashes are OpenSSL's default ones where another provider is configured, too,
// and an OpenSSL without what is deprecated has none of them.
#pragma once

#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace social::crypto {

template <class Context, std::size_t Size>
class Sha2 {
public:
    static constexpr std::size_t kBlock =  // bytes that are hashed at once
        Size == SHA256_DIGEST_LENGTH ? SHA256_CBLOCK : SHA512_CBLOCK;
    using Digest = std::array<std::uint8_t, Size>;

    Sha2() noexcept;
    void update(std::string_view bytes) noexcept;
    // Of all that it was given. It is used up then.
    [[nodiscard]] Digest finish() noexcept;

private:
    Context context_;
};

using Sha256 = Sha2<SHA256_CTX, SHA256_DIGEST_LENGTH>;
using Sha384 = Sha2<SHA512_CTX, SHA384_DIGEST_LENGTH>;
using Sha512 = Sha2<SHA512_CTX, SHA512_DIGEST_LENGTH>;

extern template class Sha2<SHA256_CTX, SHA256_DIGEST_LENGTH>;
extern template class Sha2<SHA512_CTX, SHA384_DIGEST_LENGTH>;
extern template class Sha2<SHA512_CTX, SHA512_DIGEST_LENGTH>;

}  // namespace social::crypto
