// HTTP requests and answers as data. Protocol code (oauth/) builds requests and
// reads answers; only flows send them, through flow::Http.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace social::base {

struct HttpHeader {
    std::string name;
    std::string value;  // no CR, LF or NUL: the client refuses to send such a value
};

// Not an aggregate on purpose: g++ 12 miscompiles braced aggregates with
// non-trivial members inside a co_await expression.
class HttpRequest {
public:
    HttpRequest(std::string_view verb, std::string target) : method(verb), url(std::move(target)) {}

    std::string method;  // "GET", "POST", "DELETE", …
    std::string url;     // absolute; https, or http to a loopback host
    std::vector<HttpHeader> headers;
    std::string body;
    std::string ca_file;                      // of the configuration; empty: the system's
    std::chrono::milliseconds timeout{5000};  // for the whole exchange
};

struct HttpResponse {
    int status = 0;  // 100..599
    std::vector<HttpHeader> headers;
    std::string body;  // at most kMaxResponseBody bytes

    // The first header of that name (compared without regard to case), or empty.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

// A longer answer of a provider is an error.
inline constexpr std::size_t kMaxResponseBody = 1024 * 1024;

}  // namespace social::base
