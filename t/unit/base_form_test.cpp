#include "base/form.hpp"

#include <string>
#include <utility>
#include "catch.hpp"

using namespace social;
using namespace social::base;

namespace {

Form parsed(std::string_view raw) {
    auto form = Form::parse(raw);
    REQUIRE(form);
    return std::move(*form);
}

}  // namespace

TEST_CASE("form fields are decoded in order", "[base]") {
    const Form form = parsed("b=2&a=x+y%26z&c%3D=%3d&=nameless&bare&empty=");
    REQUIRE(form.fields().size() == 6);
    CHECK(form.fields()[0].name == "b");
    CHECK(form.fields()[1].value == "x y&z");
    CHECK(form.fields()[2].name == "c=");
    CHECK(form.fields()[2].value == "=");
    CHECK(form.fields()[3].name.empty());
    CHECK(form.fields()[4].name == "bare");
    CHECK(form.fields()[4].value.empty());
    CHECK(form.fields()[5].value.empty());
}

TEST_CASE("a form field is split at its first equals sign", "[base]") {
    CHECK(parsed("code=a=b==").find("code").value == "a=b==");
}

TEST_CASE("form lookup distinguishes absent, single and repeated fields", "[base]") {
    const Form form = parsed("state=1&code=a&code=b&co%64e=c&State=2");
    CHECK(form.find("none").occurrence == Occurrence::absent);
    CHECK(form.find("code").occurrence == Occurrence::repeated);
    CHECK(form.find("code").value.empty());
    CHECK(form.find("state").once());
    CHECK(form.find("state").value == "1");
}

TEST_CASE("form parsing skips empty fields", "[base]") {
    CHECK(parsed("").fields().empty());
    CHECK(parsed("&&").fields().empty());
    CHECK(parsed("&a=1&&b=2&").fields().size() == 2);
}

TEST_CASE("a form with a malformed escape is refused", "[base]") {
    for (const std::string_view raw :
         {"a=%", "a=%2", "a=%zz", "%=1", "a=1&b=%u0041", "a=%00", "a%00b=1"}) {
        CAPTURE(raw);
        REQUIRE_FALSE(Form::parse(raw));
        CHECK(Form::parse(raw).error().kind == Kind::bad_request);
    }
    CHECK_FALSE(Form::parse(std::string_view("a=\0b", 4)));
}

TEST_CASE("a form over its limits is refused, not truncated", "[base]") {
    const FormLimits limits{.bytes = 10, .fields = 2};
    CHECK(Form::parse("a=1&b=2345", limits));
    CHECK_FALSE(Form::parse("a=1&b=23456", limits));
    CHECK_FALSE(Form::parse("a&b&c", limits));
    CHECK(Form::parse("&&&&&&&&&a", limits));
}

TEST_CASE("raw form fields are not decoded", "[base]") {
    std::string_view rest = "a%20=b+c;d=e&f";
    const RawField first = take_field(rest);
    CHECK(first.name == "a%20");
    CHECK(first.value == "b+c;d=e");
    CHECK(first.has_equals);
    const RawField second = take_field(rest);
    CHECK(second.name == "f");
    CHECK_FALSE(second.has_equals);
    CHECK(rest.empty());
}
