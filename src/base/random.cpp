#include "base/random.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "base/base64.hpp"
#include "base/secret.hpp"

namespace social::base {

void fill_random(std::span<std::uint8_t> out) {
    // RAND_bytes counts in int.
    constexpr std::size_t kMost = std::numeric_limits<int>::max();
    while (!out.empty()) {
        const std::size_t count = std::min(out.size(), kMost);
        if (RAND_bytes(out.data(), static_cast<int>(count)) != 1) {
            throw std::runtime_error("OpenSSL has no random bytes");
        }
        out = out.subspan(count);
    }
}

std::string random_base64url(std::size_t bytes) {
    std::string raw(bytes, '\0');
    fill_random({reinterpret_cast<std::uint8_t*>(raw.data()), raw.size()});
    std::string text = base64url_encode(raw);
    wipe(raw);
    return text;
}

}  // namespace social::base
