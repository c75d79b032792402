// The certificates of a ca_file: crypto/trusted_certificates.
#include <openssl/err.h>
#include <string>
#include "catch.hpp"

#include "crypto/trusted_certificates.hpp"

using social::crypto::TrustedCertificates;

namespace {

bool holds_certificate(const std::string& pem) {
    return TrustedCertificates::parse(pem).has_value();
}

// Made with: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test
const std::string kPem = R"(-----BEGIN CERTIFICATE-----
MIIBdDCCARmgAwIBAgIUb4s1kcejh26wkUC+tHXmIucGCvQwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjExMjQxNDJaFw0yNjEyMjExMjQxNDJa
MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR5BHBl
V8AocKoifbwP/VcF4fZMu72eOreNk9vFdAvuZUlXuuU7rUHqQY52BE8WcH6/6wcY
pwMSrdiGh7Z9eCPzo1MwUTAdBgNVHQ4EFgQUVm6LG5UTiYtlutICW5bi5aiO3ZUw
HwYDVR0jBBgwFoAUVm6LG5UTiYtlutICW5bi5aiO3ZUwDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNJADBGAiEAkaH6KDujqQ0TOyle2clMdFay4Nq3f46EJLu0
Hpwk6NgCIQDiV1Q5tJFVxmSAC3gLD2Pq2+rRtfgH+D+602PhPGR1Jw==
-----END CERTIFICATE-----
)";

}  // namespace

TEST_CASE("a PEM certificate is found between other text", "[crypto]") {
    CHECK(holds_certificate(kPem));
    CHECK(holds_certificate("An authority\n" + kPem));
    CHECK(holds_certificate(kPem + kPem));
    CHECK(holds_certificate(kPem + "trailing text"));
}

TEST_CASE("a file without a certificate is refused", "[crypto]") {
    CHECK_FALSE(holds_certificate(""));
    CHECK_FALSE(holds_certificate("certificate"));
    CHECK_FALSE(holds_certificate("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"));
    CHECK_FALSE(
        holds_certificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
    CHECK_FALSE(holds_certificate(kPem.substr(0, kPem.size() / 2)));
    CHECK_FALSE(holds_certificate("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
    CHECK_FALSE(holds_certificate(std::string(1000, '\0')));
    CHECK(ERR_peek_error() == 0);  // nginx would log a remaining error
}

TEST_CASE("labels of files are equal for equal content and start with a certificate", "[crypto]") {
    const auto once = TrustedCertificates::parse(kPem);
    const auto again = TrustedCertificates::parse(kPem);
    const auto more = TrustedCertificates::parse(kPem + "another");
    REQUIRE((once && again && more));
    CHECK(once->label() == again->label());
    CHECK(once->label() != more->label());
    CHECK(once->label().starts_with(kPem));
    CHECK(holds_certificate(std::string(once->label())));
    CHECK(once->store() != nullptr);
}
