// HTTP requests and responses as values. Protocol code (oauth/) builds requests and reads
// responses. Only coroutines send them, through flow::Http.
//
// Both contain credentials. The destructors wipe them, also in a moved-from object.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace social::base {

struct HttpHeader {
    std::string name;
    std::string value;  // has no control character but tabs: the client refuses others
};

// Has a constructor, since g++ 12 miscompiles braced aggregates with non-trivial members in a
// co_await expression.
class HttpRequest {
public:
    HttpRequest(std::string_view verb, std::string target) : method(verb), url(std::move(target)) {}
    HttpRequest(const HttpRequest&) = default;
    HttpRequest(HttpRequest&&) noexcept = default;
    HttpRequest& operator=(const HttpRequest&) = delete;
    HttpRequest& operator=(HttpRequest&&) = delete;
    ~HttpRequest();

    std::string method;  // "GET", "POST", "DELETE", …
    std::string url;     // absolute; https, or http to a loopback host
    std::vector<HttpHeader> headers;
    std::string body;
    std::string ca_file;  // from the configuration; empty: the system's CA certificates
    std::chrono::milliseconds timeout{5000};  // for the whole transfer
};

class HttpResponse {
public:
    HttpResponse() = default;
    HttpResponse(const HttpResponse&) = default;
    HttpResponse(HttpResponse&&) noexcept = default;
    HttpResponse& operator=(const HttpResponse&) = delete;
    HttpResponse& operator=(HttpResponse&&) noexcept = default;
    ~HttpResponse();

    int status = 0;  // 100..599
    std::vector<HttpHeader> headers;
    std::string body;  // at most kMaxResponseBody bytes

    // Returns the first header of this name (case-insensitive), or an empty view.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

// The client fails a transfer with a longer body.
inline constexpr std::size_t kMaxResponseBody = 1024 * 1024;

}  // namespace social::base
