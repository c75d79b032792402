#include "crypto/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto/evp.hpp"

namespace social::crypto {
namespace {

std::span<const std::uint8_t> octets(std::string_view bytes) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

EVP_MAC* hmac() {
    static const Mac fetched(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    require(fetched != nullptr, "OpenSSL has no HMAC");
    return fetched.get();
}

// Returns a context with a digest and no key.
MacContext make_hmac(std::string_view digest) {
    MacContext context(EVP_MAC_CTX_new(hmac()));
    require(context != nullptr, "OpenSSL cannot create an HMAC context");
    const OSSL_PARAM chosen[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest.data()),
                                         digest.size()),
        OSSL_PARAM_construct_end(),
    };
    require(EVP_MAC_CTX_set_params(context.get(), chosen) == 1, "OpenSSL refused the HMAC digest");
    return context;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> hmac_with(EVP_MAC_CTX* context, const HmacInput& input) {
    // OpenSSL reuses the previous key for a null pointer.
    static constexpr std::uint8_t kEmpty = 0;
    const auto key = octets(input.key);
    const auto message = octets(input.message);
    std::array<std::uint8_t, Size> tag{};
    std::size_t size = 0;
    const bool done =
        EVP_MAC_init(context, key.empty() ? &kEmpty : key.data(), key.size(), nullptr) == 1 &&
        EVP_MAC_update(context, message.data(), message.size()) == 1 &&
        EVP_MAC_final(context, tag.data(), &size, tag.size()) == 1 && size == Size;
    require(done, "OpenSSL failed to compute an HMAC");
    return tag;
}

}  // namespace

Sha256Digest sha256(std::string_view bytes) noexcept {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

Sha1Digest sha1(std::string_view bytes) {
    thread_local const DigestContext context(EVP_MD_CTX_new());
    Sha1Digest digest{};
    const bool done = context != nullptr &&
                      EVP_DigestInit_ex2(context.get(), EVP_sha1(), nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
    require(done, "OpenSSL failed to compute a digest");
    return digest;
}

Sha1Digest hmac_sha1(const HmacInput& input) {
    thread_local const MacContext context = make_hmac("SHA1");
    return hmac_with<sizeof(Sha1Digest)>(context.get(), input);
}

Sha256Digest hmac_sha256(const HmacInput& input) {
    thread_local const MacContext context = make_hmac("SHA256");
    return hmac_with<sizeof(Sha256Digest)>(context.get(), input);
}

std::string hex(std::span<const std::uint8_t> bytes) {
    std::string text;
    append_hex(text, bytes);
    return text;
}

void append_hex(std::string& out, std::span<const std::uint8_t> bytes) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    const std::size_t begin = out.size();
    const std::size_t size = begin + bytes.size() * 2;
    out.resize_and_overwrite(size, [&](char* text, std::size_t) {
        char* end = text + begin;
        for (const std::uint8_t byte : bytes) {
            *end++ = kDigits[byte >> 4];
            *end++ = kDigits[byte & 0x0fU];
        }
        return size;
    });
}

}  // namespace social::crypto
