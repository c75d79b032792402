#include "session/redaction.hpp"

#include <cstdio>
#include <string>
#include "catch.hpp"

#include "session/session_id.hpp"

using social::session::redacted_request_line;

namespace {

const std::string kId = std::string(social::session::kIdLength, 'A');

}  // namespace

TEST_CASE("a request line without secrets is unchanged", "[session]") {
    for (const std::string line : {"GET / HTTP/1.1", "POST /api/authenticate HTTP/2.0", "GET /x",
                                   "", "GET http://host/%2e%zz HTTP/1.0"}) {
        CHECK(redacted_request_line(line) == line);
    }
}

TEST_CASE("a session id in a path is redacted under any escaping of the path", "[session]") {
    for (const std::string path :
         {"/api/facebook/session/", "/api/session/", "/api/SESSION/", "/api%2fsession%2F",
          "/api/s%65ssion/", "http://gateway.example/api/session/", "/api/session;x/session/"}) {
        CHECK(redacted_request_line("GET " + path + kId + " HTTP/1.1") ==
              "GET " + path + "* HTTP/1.1");
    }
    CHECK(redacted_request_line("GET /api/session/ HTTP/1.1") == "GET /api/session/ HTTP/1.1");
}

TEST_CASE("a word as long as a session id is redacted in every path", "[session]") {
    for (const std::string path : {"/api/session;x/", "/", "/%2f", "/a%2fb-", "/a."}) {
        CHECK(redacted_request_line("GET " + path + kId + "/y HTTP/1.1") ==
              "GET " + path + "*/y HTTP/1.1");
    }
    const std::string shorter = kId.substr(1);
    CHECK(redacted_request_line("GET /" + shorter + " HTTP/1.1") ==
          "GET /" + shorter + " HTTP/1.1");
}

TEST_CASE("a method may have hyphens and underscores, and no other signs", "[session]") {
    const auto redacted = [](const std::string& method) {
        return redacted_request_line(method + " /api/session/" + kId + " HTTP/1.1");
    };
    for (const std::string method : {"VERSION-CONTROL", "X_Y", "M"}) {
        CHECK(redacted(method) == method + " /api/session/* HTTP/1.1");
    }
    // A target that looks like a method is redacted, too.
    CHECK(redacted_request_line("GET?code=x /y HTTP/1.1") == "GET?code=* HTTP/1.1");
    CHECK(redacted_request_line(" /?code=x HTTP/1.1") == " /?code=* HTTP/1.1");
}

TEST_CASE("each letter of the word session may be escaped", "[session]") {
    for (std::size_t at = 0; at < 9; ++at) {
        const std::string word = "/session/";
        char escape[4];
        std::snprintf(escape, sizeof(escape), "%%%02x", static_cast<unsigned>(word[at]));
        const std::string path = "/api" + word.substr(0, at) + escape + word.substr(at + 1);
        CHECK(redacted_request_line("GET " + path + "short HTTP/1.1") ==
              "GET " + path + "* HTTP/1.1");
    }
}

TEST_CASE("a session id with escaped characters is redacted", "[session]") {
    for (const std::size_t at : {std::size_t{0}, std::size_t{45}, kId.size() - 1}) {
        std::string spelled = kId;
        spelled.replace(at, 1, "%41");
        CHECK(redacted_request_line("GET /api/session;x/" + spelled + " HTTP/1.1") ==
              "GET /api/session;x/* HTTP/1.1");
    }
}

TEST_CASE("query values are redacted, and redirectUrl loses its query", "[session]") {
    CHECK(redacted_request_line("GET /facebook/callback?code=x&state=y&z HTTP/1.1") ==
          "GET /facebook/callback?code=*&state=*&* HTTP/1.1");
    CHECK(redacted_request_line(
              "GET /p/auth?redirectUrl=https%3A%2F%2Fa.example%2F%3Fx=1 HTTP/1.1") ==
          "GET /p/auth?redirectUrl=https%3A%2F%2Fa.example%2F HTTP/1.1");
    CHECK(redacted_request_line("GET /?a=b=c&& HTTP/1.1") == "GET /?a=*&*&* HTTP/1.1");
}

TEST_CASE("a malformed request line is redacted as a target", "[session]") {
    CHECK(redacted_request_line("/facebook/callback?code=x HTTP/1.1") ==
          "/facebook/callback?code=* HTTP/1.1");
    CHECK(redacted_request_line("get /facebook/callback?code=x HTTP/1.1") ==
          "get /facebook/callback?code=* HTTP/1.1");
    CHECK(redacted_request_line("GET /facebook/callback HTTP/1.1?code=x") ==
          "GET /facebook/callback HTTP/1.1?code=*");
    CHECK(redacted_request_line("GET /facebook/callback?code=x HTTP/1.1&state=y") ==
          "GET /facebook/callback?code=*&state=*");
    CHECK(redacted_request_line("?code=x y") == "?code=*");
}
