#include "crypto/trusted_certificates.hpp"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include <limits>
#include <memory>

#include "crypto/digest.hpp"

namespace social::crypto {

namespace {

using Bio = std::unique_ptr<BIO, EvpDelete<BIO_free>>;

struct FreeInfos {
    void operator()(STACK_OF(X509_INFO) * infos) const noexcept {
        sk_X509_INFO_pop_free(infos, X509_INFO_free);
    }
};
using Infos = std::unique_ptr<STACK_OF(X509_INFO), FreeInfos>;

Infos read_all(std::string_view pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    require(bio != nullptr, "OpenSSL cannot create a memory BIO");
    return Infos(PEM_X509_INFO_read_bio(bio.get(), nullptr, nullptr, nullptr));
}

std::string pem_of(X509& certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    require(bio != nullptr && PEM_write_bio_X509(bio.get(), &certificate) == 1,
            "OpenSSL cannot write a certificate");
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace

// Sets the flags of libcurl: an intermediate certificate may be the trust anchor.
Result<TrustedCertificates> TrustedCertificates::parse(std::string_view pem) {
    const ErrorMark mark;
    constexpr std::string_view kNone = "names a file without a certificate in PEM form";
    if (pem.size() > std::numeric_limits<int>::max()) {
        return fail(Kind::bad_request, kNone);
    }
    Store store(X509_STORE_new());
    require(store != nullptr &&
                X509_STORE_set_flags(store.get(),
                                     X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN) == 1,
            "OpenSSL cannot create a certificate store");
    const Infos infos = read_all(pem);
    std::string label;
    for (int i = 0; infos && i < sk_X509_INFO_num(infos.get()); ++i) {
        const X509_INFO* info = sk_X509_INFO_value(infos.get(), i);
        if (info->x509 != nullptr && X509_STORE_add_cert(store.get(), info->x509) == 1 &&
            label.empty()) {
            label = pem_of(*info->x509);
        }
        if (info->crl != nullptr) {
            X509_STORE_add_crl(store.get(), info->crl);
        }
    }
    if (label.empty()) {
        return fail(Kind::bad_request, kNone);
    }
    label += "# " + hex(sha256(pem)) + '\n';
    return TrustedCertificates(std::move(store), std::move(label));
}

}  // namespace social::crypto
