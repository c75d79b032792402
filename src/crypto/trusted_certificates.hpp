// The certificates of a ca_file. The master reads the file with the configuration, so only root
// needs access to it. The workers verify connections with them. They live as long as the
// configuration.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "crypto/evp.hpp"

namespace social::crypto {

class TrustedCertificates {
public:
    // Parses certificates in PEM, including "TRUSTED CERTIFICATE", and revocation lists. Returns
    // bad_request if there is no certificate.
    [[nodiscard]] static Result<TrustedCertificates> parse(std::string_view pem);

    // For SSL_CTX_set1_cert_store().
    [[nodiscard]] X509_STORE* store() const noexcept { return store_.get(); }

    // One certificate in PEM, followed by a digest of the file. Equal labels mean equal content.
    [[nodiscard]] std::string_view label() const noexcept { return label_; }

private:
    using Store = std::unique_ptr<X509_STORE, EvpDelete<X509_STORE_free>>;

    TrustedCertificates(Store store, std::string label) noexcept
        : store_(std::move(store)), label_(std::move(label)) {}

    Store store_;
    std::string label_;
};

}  // namespace social::crypto
