// A key prepared for one signature algorithm. JwsKey owns it.
//
// Not thread-safe: a scheme may reuse OpenSSL contexts.
#pragma once

#include <string>
#include <string_view>

namespace social::crypto {

struct SignedMessage {
    std::string_view message;
    std::string_view signature;  // raw bytes in the layout of RFC 7518 §3
};

class SignatureScheme {
public:
    SignatureScheme() = default;
    SignatureScheme(const SignatureScheme&) = delete;
    SignatureScheme& operator=(const SignatureScheme&) = delete;
    virtual ~SignatureScheme() = default;

    // Returns false for every invalid signature. Leaves no error in OpenSSL's queue.
    [[nodiscard]] virtual bool verify(const SignedMessage& signed_message) const noexcept = 0;

    // Throws std::runtime_error if OpenSSL fails or the key is public.
    [[nodiscard]] virtual std::string sign(std::string_view message) const = 0;
};

}  // namespace social::crypto
