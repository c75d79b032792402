#include "base/regex_head.hpp"

#include <string>
#include "catch.hpp"

using social::base::regex_head;

TEST_CASE("the literal prefix of an expression is common to all matches") {
    CHECK(regex_head("^/api/(?<name>[A-Za-z0-9_-]+)/session/") == "/api/");
    CHECK(regex_head("^/api/session/") == "/api/session/");
    CHECK(regex_head("^/api/v[12]/") == "/api/v");
    CHECK(regex_head("^/api/session$") == "/api/session");
    CHECK(regex_head("^/api/.*") == "/api/");
    CHECK(regex_head("^/") == "/");
}

TEST_CASE("an optional character is not part of the literal prefix") {
    CHECK(regex_head("^/apis?/") == "/api");
    CHECK(regex_head("^/apis*/") == "/api");
    CHECK(regex_head("^/apis{0,2}/") == "/api");
    CHECK(regex_head("^/apis+/") == "/apis");
    CHECK(regex_head("^/apis(?#all)?/") == "/api");
    CHECK(regex_head(R"(^/apis\E*/)") == "/api");
    CHECK(regex_head(R"(^/apis\Q\E*/)") == "/api");
}

TEST_CASE("an escaped sign is literal, an escaped letter is a class") {
    CHECK(regex_head("^/api\\.v1/") == "/api.v1/");
    CHECK(regex_head("^\\/api\\/") == "/api/");
    CHECK(regex_head("^/api\\.?/") == "/api");
    CHECK(regex_head("^/api/\\d+") == "/api/");
    CHECK(regex_head("^/api/\\") == "/api/");
}

TEST_CASE("an unanchored or alternative expression has no literal prefix") {
    CHECK(regex_head("/api/").empty());
    CHECK(regex_head("session/").empty());
    CHECK(regex_head("^/api/|^/other/").empty());
    CHECK(regex_head("^/api/(x)|/other/").empty());
    CHECK(regex_head("^(?:/api/|/other/)").empty());
    CHECK(regex_head("(?i)^/api/").empty());
    CHECK(regex_head("^.*").empty());
    CHECK(regex_head("^").empty());
    CHECK(regex_head("").empty());
}

TEST_CASE("alternatives in parentheses end the literal prefix") {
    CHECK(regex_head("^/api/(a|b)/session/") == "/api/");
}

TEST_CASE("literal parentheses hide no alternative") {
    CHECK(social::base::regex_head(R"(^/a\(b|/c)").empty());
    CHECK(social::base::regex_head("^/a[(]|/c").empty());
    CHECK(social::base::regex_head("^/a[](]|/c").empty());
    CHECK(social::base::regex_head("^/a[^](]|/c").empty());
    CHECK(social::base::regex_head(R"(^/a[\](]|/c)").empty());
    CHECK(social::base::regex_head(R"(^/a\Q(\E|/c)").empty());
    CHECK(social::base::regex_head("^/a(?#()|/c").empty());
    CHECK(social::base::regex_head(R"(^/a\c(|/c)").empty());
    CHECK(social::base::regex_head(R"(^/a\\\c(|/c)").empty());
    CHECK(social::base::regex_head(R"(^/a[\c](]|/c)").empty());
    CHECK(social::base::regex_head("^/a(?ix)#(\n|/c").empty());
    CHECK(social::base::regex_head(R"(^/a(?C"(")|/c)").empty());
    CHECK(social::base::regex_head(R"(^/a\)(b|/c))") == "/a)");
    CHECK(social::base::regex_head(R"(^/a\\(c|d))") == R"(/a\)");
    CHECK(social::base::regex_head(R"(^/a(?<name>\d+|b)/)") == "/a");
    CHECK(social::base::regex_head("^/a[)](b|c)") == "/a");
}
