// Proof Key for Code Exchange (RFC 7636) with S256 only: a client capable of S256 must not use
// plain (§4.2).
#pragma once

#include <string>
#include <string_view>

namespace social::oauth {

// Appends the challenge of §4.2: BASE64URL(SHA256(ASCII(code_verifier))).
void append_code_challenge(std::string& out, std::string_view verifier);

}  // namespace social::oauth
