#include "base/ascii.hpp"

#include "catch.hpp"

using namespace social::base;

TEST_CASE("case folding changes ASCII letters only", "[base]") {
    CHECK(lowered("HTTPS://Good.COM/[@`{Z") == "https://good.com/[@`{z");
    CHECK(lowered("\xc3\x84") == "\xc3\x84");
    CHECK(equals_ignoring_case("sessionId", "SESSIONID"));
    CHECK_FALSE(equals_ignoring_case("sessionId", "sessionI"));
    CHECK_FALSE(equals_ignoring_case("@", "`"));
    CHECK_FALSE(equals_ignoring_case("\xc3\x84", "\xc3\xa4"));
    CHECK(starts_with_ignoring_case("Bearer x", "bearer "));
    CHECK_FALSE(starts_with_ignoring_case("Bea", "bearer "));
}

TEST_CASE("octets above 0x7f have no character class", "[base]") {
    for (int i = 0x80; i < 0x100; ++i) {
        const char c = static_cast<char>(i);
        CHECK_FALSE(is_alnum(c));
        CHECK_FALSE(is_control(c));
        CHECK_FALSE(is_visible(c));
        CHECK(hex_value(c) == -1);
    }
}

TEST_CASE("control characters, visible characters and the space partition ASCII", "[base]") {
    for (int i = 0; i < 0x80; ++i) {
        const char c = static_cast<char>(i);
        CHECK(int{is_control(c)} + int{is_visible(c)} + int{c == ' '} == 1);
    }
}

TEST_CASE("hexadecimal digits have the same value in both cases", "[base]") {
    CHECK(hex_value('0') == 0);
    CHECK(hex_value('9') == 9);
    CHECK(hex_value('a') == 10);
    CHECK(hex_value('F') == 15);
    CHECK(hex_value('g') == -1);
    CHECK(hex_value('/') == -1);
    CHECK(hex_value('@') == -1);
}

TEST_CASE("trimming removes blanks from both ends only", "[base]") {
    CHECK(trimmed(" \t a b \t") == "a b");
    CHECK(trimmed("").empty());
    CHECK(trimmed(" \t ").empty());
    CHECK(trimmed("\na") == "\na");
}
