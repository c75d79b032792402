#include "oauth/pkce.hpp"

#include "base/base64.hpp"
#include "crypto/digest.hpp"

namespace social::oauth {

void append_code_challenge(std::string& out, std::string_view verifier) {
    const crypto::Sha256Digest digest = crypto::sha256(verifier);
    base::append_base64url(out, crypto::as_text(digest));
}

}  // namespace social::oauth
