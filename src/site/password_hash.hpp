// Validates password hashes in crypt(5) form: the method must be strong enough, and the hash
// complete.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace social::site {

// Accepts yescrypt, gost-yescrypt, scrypt, bcrypt, SHA-512 and SHA-256. Fails with bad_request for
// anything else. The error contains no part of the hash.
[[nodiscard]] Result<void> check_password_hash(std::string_view hash);

}  // namespace social::site
