#include "crypto/hmac_scheme.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <span>

#include "base/secret.hpp"
#include "crypto/digest.hpp"

namespace social::crypto {
namespace {

constexpr std::size_t kLongestBlock = 128;  // bytes, of SHA-384 and SHA-512
constexpr std::uint8_t kInnerPad = 0x36;    // RFC 2104 §2
constexpr std::uint8_t kOuterPad = 0x5c;

// A key as long as one block of its digest. It is wiped.
class BlockKey {
public:
    // RFC 2104 §2: a key that is longer than a block is hashed first.
    BlockKey(const EVP_MD* digest, std::string_view secret)
        : size_(static_cast<std::size_t>(EVP_MD_get_block_size(digest))) {
        require(size_ <= kLongestBlock, "an HMAC digest has too long a block");
        if (secret.size() <= size_) {
            std::ranges::copy(secret, bytes_.begin());
        } else {
            require(EVP_Digest(secret.data(), secret.size(), bytes_.data(), nullptr, digest,
                               nullptr) == 1,
                    "OpenSSL failed to hash an HMAC key");
        }
    }
    BlockKey(const BlockKey&) = delete;
    BlockKey& operator=(const BlockKey&) = delete;
    ~BlockKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

    // A context that has hashed the key under `pad` and goes on from there.
    [[nodiscard]] DigestContext begun(const EVP_MD* digest, std::uint8_t pad) {
        apply(pad);
        DigestContext context(EVP_MD_CTX_new());
        require(context != nullptr && EVP_DigestInit_ex2(context.get(), digest, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), bytes_.data(), size_) == 1,
                "OpenSSL refused an HMAC key");
        apply(pad);
        return context;
    }

private:
    // Applied twice, it takes itself off again.
    void apply(std::uint8_t pad) noexcept {
        for (std::uint8_t& byte : std::span(bytes_).first(size_)) {
            byte ^= pad;
        }
    }

    std::array<std::uint8_t, kLongestBlock> bytes_{};
    std::size_t size_;
};

}  // namespace

HmacScheme::HmacScheme(const AlgorithmFacts& algorithm, std::string_view secret)
    : size_(algorithm.digest_size),
      digest_(EVP_MD_fetch(nullptr, algorithm.digest, nullptr)),
      running_(EVP_MD_CTX_new()) {
    require(digest_ != nullptr && running_ != nullptr, "OpenSSL lacks the digest of an algorithm");
    BlockKey key(digest_.get(), secret);
    inner_ = key.begun(digest_.get(), kInnerPad);
    outer_ = key.begun(digest_.get(), kOuterPad);
}

bool HmacScheme::compute(std::string_view message, Tag& tag) const noexcept {
    EVP_MD_CTX* const running = running_.get();
    return EVP_MD_CTX_copy_ex(running, inner_.get()) == 1 &&
           EVP_DigestUpdate(running, message.data(), message.size()) == 1 &&
           EVP_DigestFinal_ex(running, tag.data(), nullptr) == 1 &&
           EVP_MD_CTX_copy_ex(running, outer_.get()) == 1 &&
           EVP_DigestUpdate(running, tag.data(), size_) == 1 &&
           EVP_DigestFinal_ex(running, tag.data(), nullptr) == 1;
}

bool HmacScheme::verify(const SignedMessage& signed_message) const noexcept {
    const ErrorMark mark;
    Tag tag{};
    // The comparison must not tell how many bytes were right (CVE-2024-25189). No
    // prefix of the tag is accepted for the whole.
    return signed_message.signature.size() == size_ && compute(signed_message.message, tag) &&
           base::equal_in_constant_time(as_text(std::span(tag).first(size_)),
                                        signed_message.signature);
}

std::string HmacScheme::sign(std::string_view message) const {
    Tag tag{};
    require(compute(message, tag), "OpenSSL failed to compute an HMAC");
    return {reinterpret_cast<const char*>(tag.data()), size_};
}

}  // namespace social::crypto
