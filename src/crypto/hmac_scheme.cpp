#include "crypto/hmac_scheme.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

namespace social::crypto {
namespace {

const std::uint8_t* octets(std::string_view bytes) noexcept {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

}  // namespace

HmacScheme::HmacScheme(const AlgorithmFacts& algorithm, std::string_view secret)
    : size_(algorithm.digest_size), context_(EVP_MAC_CTX_new(hmac())) {
    require(context_ != nullptr, "OpenSSL cannot make an HMAC context");
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(algorithm.digest),
                                         0),
        OSSL_PARAM_construct_end(),
    };
    require(EVP_MAC_init(context_.get(), octets(secret), secret.size(), parameters) == 1,
            "OpenSSL refused an HMAC key");
}

bool HmacScheme::compute(std::string_view message, Tag& tag) const noexcept {
    // Without a key, init starts over with the one it has (EVP_MAC(3)).
    std::size_t size = 0;
    return EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1 &&
           EVP_MAC_update(context_.get(), octets(message), message.size()) == 1 &&
           EVP_MAC_final(context_.get(), tag.data(), &size, tag.size()) == 1 && size == size_;
}

bool HmacScheme::verify(const SignedMessage& signed_message) const noexcept {
    const ErrorMark mark;
    Tag tag{};
    // The comparison must not tell how many bytes were right (CVE-2024-25189). No
    // prefix of the tag is accepted for the whole.
    return signed_message.signature.size() == size_ && compute(signed_message.message, tag) &&
           CRYPTO_memcmp(tag.data(), signed_message.signature.data(), size_) == 0;
}

std::string HmacScheme::sign(std::string_view message) const {
    Tag tag{};
    require(compute(message, tag), "OpenSSL failed to compute an HMAC");
    return {reinterpret_cast<const char*>(tag.data()), size_};
}

}  // namespace social::crypto
