// The Http port over libcurl: calls to providers, on the loop of the worker,
// without ever blocking it. TLS 1.2 or newer, always verified; HTTP/2 where the
// provider has it; connections are reused.
//
// One per worker, made in init_process and destroyed in exit_process, after the
// flows that use it; one that still waits then is never resumed.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "base/text_hash.hpp"
#include "crypto/trusted_certificates.hpp"
#include "flow/ports.hpp"
#include "loop/curl_multi.hpp"
#include "loop/resolver.hpp"

namespace social::loop {

// The certificates of each ca_file, by its path.
using CertificateFiles =
    std::unordered_map<std::string, crypto::TrustedCertificates, base::TextHash, std::equal_to<>>;

// nginx's `resolver` and `resolver_timeout`, where it is configured.
struct CurlSettings {
    ngx_resolver_t* resolver = nullptr;
    ngx_msec_t resolver_timeout = 30000;
    const CertificateFiles* certificates = nullptr;  // outlives the client; nullptr: none
};

class CurlClient final : public flow::Http {
public:
    // Throws when the worker has no memory, descriptor or connection for it.
    explicit CurlClient(const CurlSettings& settings);

    flow::Task<base::HttpResponse> send(base::HttpRequest request) override;

private:
    // Throws Failure for a file that was not read with the configuration.
    [[nodiscard]] const crypto::TrustedCertificates* certificates_of(
        const base::HttpRequest& request) const;

    ResolverSettings resolver_;
    const CertificateFiles* certificates_;
    CurlMulti multi_;
};

}  // namespace social::loop
