// Proof Key for Code Exchange (RFC 7636), with S256 alone: who is capable of S256
// must not use plain (§4.2).
#pragma once

#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace social::oauth {

// 43 characters of base64url, 256 random bits (§4.1).
[[nodiscard]] base::Secret make_code_verifier();

// Appends the challenge, §4.2: BASE64URL(SHA256(ASCII(code_verifier)))
void append_code_challenge(std::string& out, std::string_view verifier);

}  // namespace social::oauth
