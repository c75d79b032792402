#include "crypto/ecdsa_form.hpp"

#include "crypto/evp.hpp"

namespace social::crypto {

bool to_der(std::string_view raw, std::size_t coordinate, EcdsaDer& der) noexcept {
    if (raw.size() != 2 * coordinate) {
        return false;
    }
    const auto* const first = reinterpret_cast<const std::uint8_t*>(raw.data());
    const int size = static_cast<int>(coordinate);
    Bignum r(BN_bin2bn(first, size, nullptr));
    Bignum s(BN_bin2bn(first + coordinate, size, nullptr));
    const EcdsaSignature signature(ECDSA_SIG_new());
    if (r == nullptr || s == nullptr || signature == nullptr ||
        ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) {
        return false;
    }
    // The signature owns r and s now.
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    const int needed = i2d_ECDSA_SIG(signature.get(), nullptr);
    if (needed <= 0 || static_cast<std::size_t>(needed) > der.bytes.size()) {
        return false;
    }
    std::uint8_t* out = der.bytes.data();
    der.size = static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), &out));
    return true;
}

std::string from_der(std::string_view der, std::size_t coordinate) {
    const auto* in = reinterpret_cast<const std::uint8_t*>(der.data());
    const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
    require(signature != nullptr, "OpenSSL returned a malformed ECDSA signature");
    std::string raw(2 * coordinate, '\0');
    auto* const out = reinterpret_cast<std::uint8_t*>(raw.data());
    const int size = static_cast<int>(coordinate);
    require(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, size) == size &&
                BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + coordinate, size) == size,
            "OpenSSL returned an ECDSA signature of another curve");
    return raw;
}

}  // namespace social::crypto
