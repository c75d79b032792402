#include "base/fixed_text.hpp"

#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include "catch.hpp"

using social::base::FixedSecret;
using social::base::FixedText;

TEST_CASE("a fixed text is empty by default and equals its source otherwise", "[base]") {
    const FixedText<4> empty;
    CHECK(empty.empty());
    CHECK(std::string_view(empty).empty());
    for (const std::string& text :
         {std::string(), std::string("a"), std::string("a\0b", 3), std::string("abcd")}) {
        FixedText<4> fixed("xxxx");
        fixed = text;
        CHECK(std::string_view(fixed) == text);
        CHECK(fixed == text);
        CHECK(fixed.empty() == text.empty());
    }
    CHECK_FALSE(FixedText<4>("abc") == "abcd");
    CHECK_FALSE(FixedText<4>("abc") == FixedText<4>("abd"));
}

TEST_CASE("a fixed text throws on a source that is too long", "[base]") {
    CHECK_THROWS_AS(FixedText<4>("abcde"), std::length_error);
    CHECK_THROWS_AS(FixedSecret<4>("abcde"), std::length_error);
}

TEST_CASE("a fixed secret is wiped on destruction", "[base]") {
    alignas(FixedSecret<8>) unsigned char memory[sizeof(FixedSecret<8>)];
    auto* secret = new (memory) FixedSecret<8>("password");
    CHECK(secret->reveal() == "password");
    CHECK_FALSE(secret->empty());
    secret->~FixedSecret();
    const std::string_view left(reinterpret_cast<const char*>(memory), sizeof(memory));
    CHECK(left.find_first_not_of('\0') == std::string_view::npos);
}

TEST_CASE("a fixed secret is wiped when it is moved from", "[base]") {
    FixedSecret<8> from("password");
    FixedSecret<8> to(std::move(from));
    CHECK(to.reveal() == "password");
    CHECK(from.empty());
    FixedSecret<8> assigned("another");
    assigned = std::move(to);
    CHECK(assigned.reveal() == "password");
    CHECK(to.empty());
    const FixedSecret<8> copy = assigned;
    CHECK(copy.reveal() == assigned.reveal());
}
