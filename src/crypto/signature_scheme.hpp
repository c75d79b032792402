// One key in one signature algorithm, prepared when it is loaded so that a check
// costs the cryptography and little else. Owned by a JwsKey.
//
// A scheme may keep OpenSSL contexts that each call uses: one thread at a time.
#pragma once

#include <string>
#include <string_view>

namespace social::crypto {

struct SignedMessage {
    std::string_view message;
    std::string_view signature;  // raw bytes, as RFC 7518 §3 lays them out
};

class SignatureScheme {
public:
    SignatureScheme() = default;
    SignatureScheme(const SignatureScheme&) = delete;
    SignatureScheme& operator=(const SignatureScheme&) = delete;
    virtual ~SignatureScheme() = default;

    // False for every signature that is not one; leaves no OpenSSL error behind.
    [[nodiscard]] virtual bool verify(const SignedMessage& signed_message) const noexcept = 0;

    // Throws std::runtime_error when OpenSSL fails, or when the key is public.
    [[nodiscard]] virtual std::string sign(std::string_view message) const = 0;
};

}  // namespace social::crypto
