#include "oauth/retry_after.hpp"

#include "catch.hpp"

using social::base::HttpResponse;
using social::oauth::retry_after;

namespace {

constexpr std::int64_t kNow = 784'111'777;  // Sun, 06 Nov 1994 08:49:37 GMT

std::int64_t asked(const std::string& value, int status = 503) {
    HttpResponse response;
    response.status = status;
    response.headers.push_back({.name = "retry-after", .value = value});
    return retry_after(response, kNow);
}

}  // namespace

TEST_CASE("Retry-After is a number of seconds or a date", "[oauth]") {
    CHECK(asked("120") == 120);
    CHECK(asked("0") == 0);
    CHECK(asked("Sun, 06 Nov 1994 08:50:37 GMT") == 60);
    CHECK(asked("Sun, 06 Nov 1994 08:49:37 GMT") == 0);
    CHECK(asked("Sun, 06 Nov 1984 08:49:37 GMT") == 0);
}

TEST_CASE("a provider cannot keep us away for longer than a day", "[oauth]") {
    CHECK(asked("86401") == 86400);
    CHECK(asked("9223372036854775807") == 86400);
    CHECK(asked("Sun, 06 Nov 2094 08:49:37 GMT") == 86400);
}

TEST_CASE("an unusable Retry-After is none", "[oauth]") {
    for (const char* value : {"", "soon", "-1", "1.5", " 1", "1 ", "99999999999999999999", "1h",
                              "Sun, 06 Nov 1994", "Sun, 06 Nov 1995 08:49:37 GMT and more"}) {
        INFO(value);
        CHECK(asked(value) == 0);
    }
    CHECK(retry_after(HttpResponse{}, kNow) == 0);
}

TEST_CASE("X tells when its window ends, which counts where it admits no more calls", "[oauth]") {
    HttpResponse response;
    response.status = 429;
    response.headers.push_back({.name = "x-rate-limit-reset", .value = "784111807"});
    CHECK(retry_after(response, kNow) == 30);
    response.status = 503;
    CHECK(retry_after(response, kNow) == 0);
    response.status = 429;
    response.headers.push_back({.name = "Retry-After", .value = "5"});
    CHECK(retry_after(response, kNow) == 5);
    response.headers.back().value = "0";
    CHECK(retry_after(response, kNow) == 0);
    response.headers.back().value = "Sun, 06 Nov 1994 08:49:39 GMT";
    CHECK(retry_after(response, kNow) == 2);
}
