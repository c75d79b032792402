// The shape of a password hash in crypt(5) form: which methods are strong enough
// to be accepted, and what a whole hash of each looks like.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace social::site {

// Accepts yescrypt, gost-yescrypt, scrypt, bcrypt, SHA-512 and SHA-256. bad_request,
// without any part of the hash, for everything else.
[[nodiscard]] Result<void> check_password_hash(std::string_view hash);

}  // namespace social::site
