#include "base/regex_literal_prefix.hpp"

#include <string>
#include "catch.hpp"

using social::base::regex_literal_prefix;

TEST_CASE("the literal prefix of an expression is common to all matches", "[base]") {
    CHECK(regex_literal_prefix("^/api/(?<name>[A-Za-z0-9_-]+)/session/") == "/api/");
    CHECK(regex_literal_prefix("^/api/session/") == "/api/session/");
    CHECK(regex_literal_prefix("^/api/v[12]/") == "/api/v");
    CHECK(regex_literal_prefix("^/api/session$") == "/api/session");
    CHECK(regex_literal_prefix("^/api/.*") == "/api/");
    CHECK(regex_literal_prefix("^/") == "/");
}

TEST_CASE("an optional character is not part of the literal prefix", "[base]") {
    CHECK(regex_literal_prefix("^/apis?/") == "/api");
    CHECK(regex_literal_prefix("^/apis*/") == "/api");
    CHECK(regex_literal_prefix("^/apis{0,2}/") == "/api");
    CHECK(regex_literal_prefix("^/apis+/") == "/apis");
    CHECK(regex_literal_prefix("^/apis(?#all)?/") == "/api");
    CHECK(regex_literal_prefix(R"(^/apis\E*/)") == "/api");
    CHECK(regex_literal_prefix(R"(^/apis\Q\E*/)") == "/api");
}

TEST_CASE("an escaped sign is literal, an escaped letter is a class", "[base]") {
    CHECK(regex_literal_prefix("^/api\\.v1/") == "/api.v1/");
    CHECK(regex_literal_prefix("^\\/api\\/") == "/api/");
    CHECK(regex_literal_prefix("^/api\\.?/") == "/api");
    CHECK(regex_literal_prefix("^/api/\\d+") == "/api/");
    CHECK(regex_literal_prefix("^/api/\\") == "/api/");
}

TEST_CASE("an unanchored or alternative expression has no literal prefix", "[base]") {
    CHECK(regex_literal_prefix("/api/").empty());
    CHECK(regex_literal_prefix("session/").empty());
    CHECK(regex_literal_prefix("^/api/|^/other/").empty());
    CHECK(regex_literal_prefix("^/api/(x)|/other/").empty());
    CHECK(regex_literal_prefix("^(?:/api/|/other/)").empty());
    CHECK(regex_literal_prefix("(?i)^/api/").empty());
    CHECK(regex_literal_prefix("^.*").empty());
    CHECK(regex_literal_prefix("^").empty());
    CHECK(regex_literal_prefix("").empty());
}

TEST_CASE("alternatives in parentheses end the literal prefix", "[base]") {
    CHECK(regex_literal_prefix("^/api/(a|b)/session/") == "/api/");
}

TEST_CASE("literal parentheses hide no alternative", "[base]") {
    CHECK(social::base::regex_literal_prefix(R"(^/a\(b|/c)").empty());
    CHECK(social::base::regex_literal_prefix("^/a[(]|/c").empty());
    CHECK(social::base::regex_literal_prefix("^/a[](]|/c").empty());
    CHECK(social::base::regex_literal_prefix("^/a[^](]|/c").empty());
    CHECK(social::base::regex_literal_prefix(R"(^/a[\](]|/c)").empty());
    CHECK(social::base::regex_literal_prefix(R"(^/a\Q(\E|/c)").empty());
    CHECK(social::base::regex_literal_prefix("^/a(?#()|/c").empty());
    CHECK(social::base::regex_literal_prefix(R"(^/a\c(|/c)").empty());
    CHECK(social::base::regex_literal_prefix(R"(^/a\\\c(|/c)").empty());
    CHECK(social::base::regex_literal_prefix(R"(^/a[\c](]|/c)").empty());
    CHECK(social::base::regex_literal_prefix("^/a(?ix)#(\n|/c").empty());
    CHECK(social::base::regex_literal_prefix(R"(^/a(?C"(")|/c)").empty());
    CHECK(social::base::regex_literal_prefix(R"(^/a\)(b|/c))") == "/a)");
    CHECK(social::base::regex_literal_prefix(R"(^/a\\(c|d))") == R"(/a\)");
    CHECK(social::base::regex_literal_prefix(R"(^/a(?<name>\d+|b)/)") == "/a");
    CHECK(social::base::regex_literal_prefix("^/a[)](b|c)") == "/a");
}
