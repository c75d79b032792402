#include "crypto/certificate.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <limits>

#include "crypto/evp.hpp"

namespace social::crypto {

namespace {

using Bio = std::unique_ptr<BIO, EvpDelete<BIO_free>>;
using Certificate = std::unique_ptr<X509, EvpDelete<X509_free>>;

}  // namespace

bool holds_certificate(std::string_view pem) {
    if (pem.size() > std::numeric_limits<int>::max()) {
        return false;
    }
    const ErrorMark mark;
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    require(bio != nullptr, "OpenSSL cannot read from memory");
    // Also in the form "TRUSTED CERTIFICATE", as libcurl takes it.
    return Certificate(PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr)) != nullptr;
}

}  // namespace social::crypto
