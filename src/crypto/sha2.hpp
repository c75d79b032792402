// SHA-256, SHA-384 and SHA-512 (FIPS 180-4) with copyable state, which HMAC with prepared keys
// requires.
//
// They use OpenSSL's low-level functions, deprecated since 3.0. EVP allocates memory for each copy
// and fetches from its providers on each call. With EVP, a forged token costs 5 % more CPU time,
// and a login with PKCE 2 %. So a configured provider does not replace these hashes. OpenSSL built
// without deprecated functions cannot build this file.
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
    static constexpr std::size_t kBlock =  // bytes
        Size == SHA256_DIGEST_LENGTH ? SHA256_CBLOCK : SHA512_CBLOCK;
    using Digest = std::array<std::uint8_t, Size>;

    Sha2() noexcept;
    void update(std::string_view bytes) noexcept;
    // Returns the digest of all updates. The object must not be used afterwards.
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
