#include "oauth/pkce.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"
#include "crypto/digest.hpp"

namespace social::oauth {

base::Secret make_code_verifier() {
    constexpr std::size_t kRandomBytes = 32;
    std::string text = base::random_base64url(kRandomBytes);
    base::Secret verifier(text);
    base::wipe(text);
    return verifier;
}

void append_code_challenge(std::string& out, std::string_view verifier) {
    const crypto::Sha256Digest digest = crypto::sha256(verifier);
    base::append_base64url(out, crypto::as_text(digest));
}

}  // namespace social::oauth
