// One exchange with a provider: `co_await transfer` is the answer, or throws
// Failure (provider_unavailable). Made by CurlClient for one request; destroying
// it cancels the exchange and wipes what was to be sent.
//
// States: made → running (CurlMulti has the easy handle) → finished (taken out
// again; the wake-up is posted). give_up() ends one whose CurlMulti is going.
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

// How the host of a request is reached.
struct Route {
    Target target;
    std::vector<std::string> addresses;                    // none: libcurl looks the name up
    ngx_msec_t limit = 0;                                  // what is left of the request's time
    const crypto::TrustedCertificates* trusted = nullptr;  // nullptr: the system's
};

class Transfer {
public:
    // Throws Failure when libcurl refuses to be set up: nothing is ever sent
    // with fewer protections than asked for.
    Transfer(CurlMulti& multi, base::HttpRequest request, Route route);
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

    // For CurlMulti.
    void finish(CURLcode code) noexcept;
    void give_up() noexcept;

private:
    struct EasyCleanup {
        void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    };
    // A list of lines that is wiped when it dies: some are credentials.
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
    // libcurl keeps pointers into these while the transfer runs.
    struct Outgoing {
        base::HttpRequest request;
        Route route;
        Lines headers;
        Lines addresses;
    };
    struct Incoming {
        std::string body;
        std::size_t header_bytes = 0;
        std::size_t header_lines = 0;
        CURLcode code = CURLE_FAILED_INIT;
        std::string_view refusal;  // why we stopped it; static
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

    CurlMulti* multi_;  // none: finished or given up
    Outgoing out_;
    Incoming in_;
    std::unique_ptr<CURL, EasyCleanup> easy_;  // none: given up
    Wakeup wakeup_;
};

}  // namespace social::loop
