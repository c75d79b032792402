#include "crypto/left_half_hash.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "base/base64.hpp"
#include "crypto/digest.hpp"

namespace social::crypto {

std::string left_half_hash(Algorithm algorithm, std::string_view text) {
    const char* name =
        facts(algorithm).family == Family::eddsa ? "SHA512" : facts(algorithm).digest;
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    std::size_t size = 0;
    if (EVP_Q_digest(nullptr, name, nullptr, text.data(), text.size(), digest.data(), &size) != 1) {
        throw std::runtime_error("OpenSSL failed to compute a digest");
    }
    return base::base64url_encode(as_text(std::span(digest).first(size / 2)));
}

}  // namespace social::crypto
