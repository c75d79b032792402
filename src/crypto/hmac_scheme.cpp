#include "crypto/hmac_scheme.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "base/secret.hpp"
#include "crypto/digest.hpp"
#include "crypto/sha2.hpp"

namespace social::crypto {
namespace {

constexpr std::uint8_t kInnerPad = 0x36;  // RFC 2104 §2
constexpr std::uint8_t kOuterPad = 0x5c;

// A key padded to one block of its hash. It is wiped on destruction.
template <class Hash>
class BlockKey {
public:
    // A key longer than a block is hashed first (RFC 2104 §2).
    explicit BlockKey(std::string_view secret) noexcept {
        if (secret.size() <= bytes_.size()) {
            std::ranges::copy(secret, bytes_.begin());
        } else {
            Hash whole;
            whole.update(secret);
            auto digest = whole.finish();
            std::ranges::copy(digest, bytes_.begin());
            OPENSSL_cleanse(digest.data(), digest.size());
            whole.wipe();
        }
    }
    BlockKey(const BlockKey&) = delete;
    BlockKey& operator=(const BlockKey&) = delete;
    ~BlockKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

    // Returns the state of the hash after the key under `pad`.
    [[nodiscard]] Hash state_after(std::uint8_t pad) noexcept {
        xor_with(pad);
        Hash hash;
        hash.update(as_text(bytes_));
        xor_with(pad);
        return hash;
    }

private:
    // XOR: a second call restores the key.
    void xor_with(std::uint8_t pad) noexcept {
        for (std::uint8_t& byte : bytes_) {
            byte ^= pad;
        }
    }

    std::array<std::uint8_t, Hash::kBlock> bytes_{};
};

template <class Hash>
class HmacScheme final : public SignatureScheme {
public:
    explicit HmacScheme(std::string_view secret) noexcept : HmacScheme(BlockKey<Hash>(secret)) {}
    // The two states suffice to sign: wipe them.
    ~HmacScheme() override {
        inner_.wipe();
        outer_.wipe();
    }

    [[nodiscard]] bool verify(const SignedMessage& signed_message) const noexcept override {
        // Compares in constant time (CVE-2024-25189). A truncated tag is refused.
        const auto tag = tag_of(signed_message.message);
        return base::equal_in_constant_time(as_text(tag), signed_message.signature);
    }

    [[nodiscard]] std::string sign(std::string_view message) const override {
        return std::string(as_text(tag_of(message)));
    }

private:
    // Constructed in place, so no copy is left behind.
    explicit HmacScheme(BlockKey<Hash>&& key) noexcept
        : inner_(key.state_after(kInnerPad)), outer_(key.state_after(kOuterPad)) {}

    [[nodiscard]] Hash::Digest tag_of(std::string_view message) const noexcept {
        Hash inner = inner_;
        inner.update(message);
        Hash outer = outer_;
        outer.update(as_text(inner.finish()));
        return outer.finish();
    }

    Hash inner_;  // state after the key under the inner pad
    Hash outer_;  // state after the key under the outer pad
};

}  // namespace

std::unique_ptr<SignatureScheme> make_hmac_scheme(const AlgorithmFacts& algorithm,
                                                  std::string_view secret) {
    switch (algorithm.digest_size) {
        case sizeof(Sha384::Digest):
            return std::make_unique<HmacScheme<Sha384>>(secret);
        case sizeof(Sha512::Digest):
            return std::make_unique<HmacScheme<Sha512>>(secret);
        default:
            return std::make_unique<HmacScheme<Sha256>>(secret);
    }
}

}  // namespace social::crypto
