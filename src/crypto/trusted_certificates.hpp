// The certificates of a ca_file, parsed once: read by the master when it reads the configuration,
// so that only root needs to be able to open the file, and used by the workers for every
// connection that is verified with them. Lives as long as the configuration.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "crypto/evp.hpp"

namespace social::crypto {

class TrustedCertificates {
public:
    // Certificates in PEM form, "TRUSTED CERTIFICATE" among them, and revocation lists. bad_request
    // without any certificate.
    [[nodiscard]] static Result<TrustedCertificates> parse(std::string_view pem);

    // For SSL_CTX_set1_cert_store().
    [[nodiscard]] X509_STORE* store() const noexcept { return store_.get(); }

    // One certificate in PEM form with a digest of the whole file behind it: two files have the
    // same label only where they have the same content.
    [[nodiscard]] std::string_view label() const noexcept { return label_; }

private:
    using Store = std::unique_ptr<X509_STORE, EvpDelete<X509_STORE_free>>;

    TrustedCertificates(Store store, std::string label) noexcept
        : store_(std::move(store)), label_(std::move(label)) {}

    Store store_;
    std::string label_;
};

}  // namespace social::crypto
