// libcurl's multi interface on nginx's event loop. All transfers of a worker share its sockets, its
// timer and its connection pool.
//
// CurlClient owns the CurlMulti. The destructor detaches running transfers, which are never
// resumed. No frame resumes inside a libcurl callback: collect() runs after each action and posts
// the wake-up of each finished transfer.
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

    // `easy` is the transfer's handle; its CURLOPT_PRIVATE is the Transfer. Both stay valid until
    // remove(). Throws std::bad_alloc.
    [[nodiscard]] CURLMcode add(Transfer& transfer, CURL* easy);
    // Removes the transfer in any state. Has no effect on one that was never added.
    void remove(Transfer& transfer, CURL* easy) noexcept;

    // For CurlSockets and the timer: curl_multi_socket_action(), with its arguments.
    void act(curl_socket_t fd, int what) noexcept;
    // Finishes the transfers that libcurl has completed. Call it after act().
    void collect() noexcept;

    // Call it when libcurl removes a socket of `easy`. If the transfer still runs, libcurl gave up
    // one address of the host. libcurl 7.88 connects to the next address only when its timer
    // expires, which may be the timeout. So collect() forces progress.
    void lost_socket(CURL* easy);

    [[nodiscard]] CurlSockets& sockets() noexcept { return sockets_; }

private:
    // libcurl counts the initializations, so each client of a process may have its own.
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

    // The order matters: curl_multi_cleanup() still calls the callbacks.
    Global global_;
    CurlSockets sockets_;
    Event timer_ = Event::calling<&CurlMulti::time_out>(*this);
    Event again_ = Event::calling<&CurlMulti::try_again>(*this);
    std::unordered_set<Transfer*> running_;
    std::unordered_set<Transfer*> lost_;  // running transfers that lost a socket
    std::unique_ptr<CURLM, Cleanup> multi_;
};

// The CA certificates of each ca_file, by its path.
using CertificateFiles =
    std::unordered_map<std::string, crypto::TrustedCertificates, base::TextHash, std::equal_to<>>;

// nginx's `resolver` and `resolver_timeout`.
struct CurlSettings {
    ngx_resolver_t* resolver = nullptr;              // nullptr: libcurl resolves names
    ngx_msec_t resolver_timeout = 30000;             // ms
    const CertificateFiles* certificates = nullptr;  // outlives the client; nullptr: none
};

// Implements the port flow::Http with libcurl: non-blocking requests to providers. It requires TLS
// 1.2 and verifies certificates. It negotiates HTTP/2 and reuses connections.
//
// One per worker. init_process creates it; exit_process destroys it after the flows that use it. A
// flow that still awaits a transfer is then never resumed.
class CurlClient final : public flow::Http {
public:
    // Throws std::bad_alloc, or std::runtime_error if no descriptor or nginx connection is free.
    explicit CurlClient(const CurlSettings& settings);

    // The name lookup, the connect and the transfer share `request.timeout`.
    flow::Task<base::HttpResponse> send(base::HttpRequest request) override;

private:
    // Returns nullptr without a ca_file. Throws Failure (internal) for a file that the
    // configuration did not load.
    [[nodiscard]] const crypto::TrustedCertificates* certificates_of(
        const base::HttpRequest& request) const;

    ResolverSettings resolver_;
    const CertificateFiles* certificates_;
    CurlMulti multi_;
};

}  // namespace social::loop
