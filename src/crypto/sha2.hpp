// SHA-256, SHA-384 and SHA-512 (FIPS 180-4) with copyable state, which HMAC with prepared keys
// requires.
#pragma once

#include <openssl/macros.h>
#include <openssl/opensslv.h>

#include <cstddef>

// The only switch between OpenSSL's low-level functions, deprecated since 3.0, and EVP. With EVP a
// forged token costs 5 % more CPU time, and a login with PKCE 2 %. EVP allocates memory for each
// copy. The low-level functions go with OpenSSL 4. `make CXX_EXTRA=-DSOCIAL_EVP_SHA2` omits them.
#if OPENSSL_VERSION_MAJOR < 4 && !defined(OPENSSL_NO_DEPRECATED_3_0) && !defined(SOCIAL_EVP_SHA2)
#include "crypto/sha2_low_level.hpp"
namespace social::crypto {
template <std::size_t Size>
using Sha2 = LowLevelSha2<Size>;
}
#else
#include "crypto/sha2_evp.hpp"
namespace social::crypto {
template <std::size_t Size>
using Sha2 = EvpSha2<Size>;
}
#endif

namespace social::crypto {

using Sha256 = Sha2<32>;
using Sha384 = Sha2<48>;
using Sha512 = Sha2<64>;

}  // namespace social::crypto
