// libcurl's multi interface on nginx's event loop: the sockets, the one timer and
// the connections that are kept for reuse, shared by all transfers of a worker.
//
// CurlClient, the client of a worker, owns the CurlMulti. A Transfer that is still running when
// this is destroyed is given up and never resumed. Nothing is resumed from inside a libcurl
// callback: finished transfers are collected after each action and wake up on their own.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/text_hash.hpp"
#include "crypto/trusted_certificates.hpp"
#include "flow/http.hpp"
#include "http_client/curl_sockets.hpp"
#include "http_client/resolver.hpp"
#include "loop/event.hpp"

namespace social::loop {

class Transfer;

class CurlMulti {
public:
    // Throws std::bad_alloc or std::runtime_error.
    CurlMulti();
    CurlMulti(const CurlMulti&) = delete;
    CurlMulti& operator=(const CurlMulti&) = delete;
    ~CurlMulti();

    // `easy` is the transfer's own handle; it tells the Transfer by CURLOPT_PRIVATE.
    [[nodiscard]] CURLMcode add(Transfer& transfer, CURL* easy);
    // Takes it out wherever it is; safe for one that was never added.
    void remove(Transfer& transfer, CURL* easy) noexcept;

    // For CurlSockets and the timer: something happened; then, who is finished?
    void act(curl_socket_t fd, int what) noexcept;
    void collect() noexcept;

    // A socket of `easy` is gone. If the transfer is not over, libcurl has given
    // up one address of the host and has to be asked for the next: 7.88 opens it
    // at its next timer only, which may be the time-out.
    void lost_socket(CURL* easy);

    [[nodiscard]] CurlSockets& sockets() noexcept { return sockets_; }

private:
    // libcurl counts these, so every client of a process may have its own.
    struct Global {
        Global();
        Global(const Global&) = delete;
        Global& operator=(const Global&) = delete;
        ~Global() { curl_global_cleanup(); }
    };
    struct Cleanup {
        void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
    };

    static int on_timer(CURLM* multi, long delay, void* self) noexcept;
    void time_out() noexcept;
    void try_again() noexcept;

    // In this order: destroying the multi handle still calls us back.
    Global global_;
    CurlSockets sockets_;
    Event timer_ = Event::calling<&CurlMulti::time_out>(*this);
    Event again_ = Event::calling<&CurlMulti::try_again>(*this);
    std::unordered_set<Transfer*> running_;
    std::unordered_set<Transfer*> lost_;  // of these, the ones that lost a socket
    std::unique_ptr<CURLM, Cleanup> multi_;
};

// The certificates of each ca_file, by its path.
using CertificateFiles =
    std::unordered_map<std::string, crypto::TrustedCertificates, base::TextHash, std::equal_to<>>;

// nginx's `resolver` and `resolver_timeout`, where it is configured.
struct CurlSettings {
    ngx_resolver_t* resolver = nullptr;
    ngx_msec_t resolver_timeout = 30000;
    const CertificateFiles* certificates = nullptr;  // outlives the client; nullptr: none
};

// The Http port over libcurl: calls to providers, without ever blocking the worker. TLS 1.2 or
// newer, always verified; HTTP/2 where the provider has it; connections are reused.
//
// One per worker, made in init_process and destroyed in exit_process, after the flows that use
// it; one that still waits then is never resumed.
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
