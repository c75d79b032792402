#include "base/percent.hpp"

#include <string>
#include "catch.hpp"

using namespace social::base;

namespace {

std::string all_octets() {
    std::string text;
    for (int i = 0; i < 256; ++i) {
        text += static_cast<char>(i);
    }
    return text;
}

}  // namespace

TEST_CASE("percent-encoding keeps unreserved characters and escapes others in upper case",
          "[base]") {
    CHECK(percent_encode("AZaz09-._~") == "AZaz09-._~");
    // Examples in the encoding of RFC 5849 §3.6.
    CHECK(percent_encode("Ladies + Gentlemen") == "Ladies%20%2B%20Gentlemen");
    CHECK(percent_encode("An encoded string!") == "An%20encoded%20string%21");
    CHECK(percent_encode("Dogs, Cats & Mice") == "Dogs%2C%20Cats%20%26%20Mice");
    CHECK(percent_encode("\xe2\x98\x83") == "%E2%98%83");
    CHECK(percent_encode("%") == "%25");
    CHECK(percent_encode(std::string(1, '\0')) == "%00");
}

TEST_CASE("percent-encoding round-trips every octet", "[base]") {
    CHECK(percent_decode(percent_encode(all_octets())) == all_octets());
    CHECK(form_decode(form_encode(all_octets())) == all_octets());
}

TEST_CASE("percent-decoding decodes one level", "[base]") {
    CHECK(percent_decode("%2541") == "%41");
    CHECK(form_decode("%2541") == "%41");
}

TEST_CASE("a plus sign is a space in forms only", "[base]") {
    CHECK(percent_decode("a+b%2b") == "a+b+");
    CHECK(form_decode("a+b%2B") == "a b+");
    CHECK(form_encode("a b+*~") == "a+b%2B*%7E");
}

TEST_CASE("malformed escapes are refused at every position", "[base]") {
    for (const std::string_view text : {"%", "%2", "%zz", "%2g", "%g2", "a%", "a%2", "%u0041",
                                        "% 20", "%-1", "%+1", "%%20", "%0x"}) {
        CAPTURE(text);
        REQUIRE_FALSE(percent_decode(text));
        CHECK(percent_decode(text).error().kind == social::Kind::bad_request);
        CHECK_FALSE(form_decode(text));
    }
}

TEST_CASE("leading_escape() reads an escape at the start only", "[base]") {
    CHECK(leading_escape("%41b") == 'A');
    CHECK(leading_escape("%fF") == static_cast<char>(0xff));
    CHECK_FALSE(leading_escape("a%41"));
    CHECK_FALSE(leading_escape(""));
}
