// Random bytes from OpenSSL's CSPRNG (RAND_bytes), for ids, nonces and keys. Short ones
// come out of a stock that each thread keeps.
// OpenSSL reseeds after a fork, and the stock is thrown away, so workers never repeat one
// another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace social::base {

// Throws std::runtime_error when OpenSSL has no randomness to give.
void fill_random(std::span<std::uint8_t> out);

// `bytes` random bytes as base64url without padding: 16 bytes are 22 characters.
// Throws as fill_random() does.
[[nodiscard]] std::string random_base64url(std::size_t bytes);
// The same into `out`, which has room for as many characters as base64url_size() says.
void fill_random_base64url(std::size_t bytes, std::span<char> out);

}  // namespace social::base
