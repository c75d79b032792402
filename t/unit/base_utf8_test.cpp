#include "base/utf8.hpp"

#include "catch.hpp"

using namespace social::base;

TEST_CASE("well-formed UTF-8 of every length is decoded", "[base]") {
    std::string_view text = "a\xc3\xa9\xe4\xb8\x8a\xf0\x9f\x98\x80";
    CHECK(take_code_point(text) == U'a');
    CHECK(take_code_point(text) == char32_t{0xe9});
    CHECK(take_code_point(text) == char32_t{0x4e0a});
    CHECK(take_code_point(text) == char32_t{0x1f600});
    CHECK(text.empty());
    CHECK(is_utf8(""));
    CHECK(is_utf8("\xf4\x8f\xbf\xbf"));
}

TEST_CASE("malformed UTF-8 is refused", "[base]") {
    for (const std::string_view text :
         {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf",
          "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff\xfe",
          "\xc3", "\xe4\xb8", "\xc3(", "\xe4(\x8a", "a\xf0\x9f\x98"}) {
        CAPTURE(text);
        CHECK_FALSE(is_utf8(text));
    }
}

TEST_CASE("a malformed UTF-8 sequence is not consumed", "[base]") {
    std::string_view text = "\xc3(";
    CHECK_FALSE(take_code_point(text));
    CHECK(text == "\xc3(");
}
