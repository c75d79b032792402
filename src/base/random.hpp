// Random bytes from OpenSSL's CSPRNG (RAND_bytes), for ids, nonces and keys. Each thread has a pool
// for short requests.
//
// A fork discards the pool of the child, and OpenSSL reseeds, so that workers never return the same
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace social::base {

// Throws std::runtime_error if RAND_bytes() fails.
void fill_random(std::span<std::uint8_t> out);

[[nodiscard]] std::uint64_t random_number();  // throws as fill_random() does

// Returns `bytes` random bytes as base64url without padding: 16 bytes are 22 characters. Throws as
// fill_random() does.
[[nodiscard]] std::string random_base64url(std::size_t bytes);
// Writes base64url_size(bytes) characters to `out`. Throws as fill_random() does.
void fill_random_base64url(std::size_t bytes, std::span<char> out);

}  // namespace social::base
