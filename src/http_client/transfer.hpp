// One HTTP exchange with a provider on a libcurl easy handle. `co_await transfer` returns the
// response or throws Failure (provider_unavailable).
//
// CurlClient creates one per request. The destructor cancels the exchange and wipes the request and
// the response body.
//
// States: created → running (the easy handle is in the CurlMulti) → finished (it is removed, and
// the wake-up is posted). give_up() detaches a transfer from a CurlMulti that is being destroyed.
#pragma once

#include <curl/curl.h>

#include <array>
#include <coroutine>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "crypto/trusted_certificates.hpp"
#include "http_client/target.hpp"
#include "loop/wakeup.hpp"

namespace social::loop {

class CurlMulti;

// The target of a request, with its addresses, time limit and CA certificates.
struct ResolvedTarget {
    Target target;
    std::vector<std::string> addresses;                    // empty: libcurl resolves the name
    ngx_msec_t limit = 0;                                  // ms left of the request's timeout
    const crypto::TrustedCertificates* trusted = nullptr;  // outlives it; nullptr: the system's
};

class Transfer {
public:
    // Throws Failure (internal) if libcurl rejects an option, so that no request is sent with
    // weaker security. `multi` outlives the transfer, or calls give_up().
    Transfer(CurlMulti& multi, base::HttpRequest request, ResolvedTarget route);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    ~Transfer();

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) {
        wakeup_.set_continuation(frame);
        return start();
    }
    [[nodiscard]] base::HttpResponse await_resume();

    // CurlMulti calls both. finish() posts the wake-up; give_up() does not.
    void finish(CURLcode code) noexcept;
    void give_up() noexcept;

private:
    struct EasyCleanup {
        void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    };
    // A curl_slist whose destructor wipes the lines: some contain credentials.
    class Lines {
    public:
        Lines() = default;
        Lines(const Lines&) = delete;
        Lines& operator=(const Lines&) = delete;
        ~Lines();
        void add(const std::string& line);
        [[nodiscard]] curl_slist* get() const noexcept { return first_; }

    private:
        curl_slist* first_ = nullptr;
    };
    // libcurl has pointers into these during the transfer.
    struct Outgoing {
        base::HttpRequest request;
        ResolvedTarget route;
        Lines headers;
        Lines addresses;
    };
    struct Incoming {
        std::string body;
        std::size_t header_bytes = 0;
        std::size_t header_lines = 0;
        CURLcode code = CURLE_FAILED_INIT;
        std::string_view refusal;  // the cause if a callback aborted the transfer; static
        std::array<char, CURL_ERROR_SIZE> error{};
    };

    [[nodiscard]] bool start();
    void leave() noexcept;
    void set_up_transport();
    void set_up_security();
    void set_up_trust();
    void set_up_request();
    void set_up_answer();
    template <class Value>
    void set(CURLoption option, Value value);

    [[nodiscard]] Error failure() const;
    [[nodiscard]] base::HttpResponse answer();

    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count,
                               void* self) noexcept;
    static std::size_t on_header(char* bytes, std::size_t size, std::size_t count,
                                 void* self) noexcept;

    CurlMulti* multi_;  // nullptr: finished or detached
    Outgoing out_;
    Incoming in_;
    std::unique_ptr<CURL, EasyCleanup> easy_;  // nullptr: detached
    Wakeup wakeup_;
};

}  // namespace social::loop
