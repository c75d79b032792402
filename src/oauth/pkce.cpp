#include "oauth/pkce.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"
#include "crypto/digest.hpp"

namespace social::oauth {

base::Secret make_code_verifier() {
    constexpr std::size_t kRandomBytes = 32;
    return base::Secret(base::random_base64url(kRandomBytes));
}

void append_code_challenge(std::string& out, std::string_view verifier) {
    const crypto::Sha256Digest digest = crypto::sha256(verifier);
    base::append_base64url(out, crypto::as_text(digest));
}

}  // namespace social::oauth
