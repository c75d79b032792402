#include "base/json.hpp"

#include <string>
#include "catch.hpp"

using social::Kind;
using social::base::Json;
using social::base::json_string;

namespace {

Json parsed(std::string_view text) {
    auto result = Json::parse(text);
    REQUIRE(result.has_value());
    return *result;
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("members of an absent JSON value are absent", "[base]") {
    const Json json = parsed(R"({"a":{"b":"text"},"n":7})");
    CHECK(json.member("a").member("b").text() == "text");
    CHECK(json.member("n").number() == 7);
    CHECK_FALSE(json.member("x").present());
    CHECK_FALSE(json.member("x").member("y").text().has_value());
    CHECK_FALSE(json.member("n").member("y").present());
    CHECK_FALSE(json.member("n").text().has_value());
    CHECK_FALSE(json.member("a").at(0).present());
}

TEST_CASE("ambiguous and malformed JSON is refused", "[base]") {
    for (const char* text : {"",
                             " ",
                             "{",
                             "[1,]",
                             "{\"a\":1,\"a\":2}",
                             "{} {}",
                             "[1]x",
                             "nul",
                             "\"text\"",
                             "12",
                             "{'a':1}",
                             "{\"a\":\"\\u0000\"}",
                             "{\"a\":\"\\ud800\"}",
                             "{\"a\":1e400}",
                             "{\"a\":99999999999999999999}",
                             "{\"a\":01}",
                             "{\"a\":\"\xff\"}",
                             "{\"a\":\"\xc0\xaf\"}",
                             "{\"a\":\"line\nbreak\"}",
                             "\xef\xbb\xbf{}",
                             "<html></html>",
                             "{\"a\":NaN}"}) {
        INFO(text);
        const auto result = Json::parse(text);
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().kind == Kind::bad_request);
        CHECK(result.error().detail.empty());
    }
    CHECK_FALSE(Json::parse(std::string_view("{}\0", 3)).has_value());
}

TEST_CASE("the error of malformed JSON does not quote the text", "[base]") {
    const auto result = Json::parse(R"({"access_token":"SECRET)");
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().what.find("SECRET") == std::string_view::npos);
    CHECK(result.error().detail.find("SECRET") == std::string::npos);
}

TEST_CASE("the JSON nesting limit ignores brackets in strings", "[base]") {
    CHECK(Json::parse(nested(64)).has_value());
    CHECK_FALSE(Json::parse(nested(65)).has_value());
    CHECK_FALSE(Json::parse(std::string(100000, '[')).has_value());
    CHECK_FALSE(Json::parse(nested(3), {.bytes = 100, .depth = 2}).has_value());
    CHECK(Json::parse("[\"" + std::string(500, '[') + "\\\"[[\"]").has_value());
}

TEST_CASE("JSON of exactly the size limit is accepted, one byte more is refused", "[base]") {
    CHECK(Json::parse("[1,2]", {.bytes = 5}).has_value());
    CHECK_FALSE(Json::parse("[1,2]", {.bytes = 4}).has_value());
}

TEST_CASE("JSON numbers are integers, and lenient ones also decimal strings", "[base]") {
    const Json json = parsed(
        R"({"i":3600,"s":"3600","neg":-1,"real":3600.0,"exp":1e3,"bad":"36x","empty":"",
            "sign":"+5","minus":"-5","long":"99999999999999999999","blank":" 1","no":null})");
    CHECK(json.member("i").lenient_number() == 3600);
    CHECK(json.member("s").lenient_number() == 3600);
    CHECK_FALSE(json.member("s").number().has_value());
    CHECK(json.member("neg").number() == -1);
    for (const char* name :
         {"real", "exp", "bad", "empty", "sign", "minus", "long", "blank", "no", "absent"}) {
        INFO(name);
        CHECK_FALSE(json.member(name).lenient_number().has_value());
    }
}

TEST_CASE("ids of 64 bits keep all digits, as numbers and as strings", "[base]") {
    const Json json = parsed(R"({"n":9223372036854775807,"s":"17841405822304914","r":1.5,"o":{}})");
    CHECK(json.member("n").id() == "9223372036854775807");
    CHECK(json.member("s").id() == "17841405822304914");
    CHECK_FALSE(json.member("r").id().has_value());
    CHECK_FALSE(json.member("o").id().has_value());
    CHECK_FALSE(json.member("absent").id().has_value());
}

TEST_CASE("built JSON is compact and keeps the order of calls", "[base]") {
    Json list = Json::array();
    list.push(Json::string("x/y"));
    list.push(Json());
    list.push(Json::integer(-5));
    Json json = Json::object();
    json.set("z", Json::string("last letter"));
    json.set("a", list);
    json.set("nothing", Json());
    json.set("u", Json::string("\xc3\xa9\xe2\x98\x83"));
    CHECK(json.dump() ==
          "{\"z\":\"last letter\",\"a\":[\"x/y\",-5],\"u\":\"\xc3\xa9\xe2\x98\x83\"}");
    CHECK(Json::parse(json.dump()).has_value());
    CHECK(list.size() == 2);
}

TEST_CASE("setting a member of the wrong JSON type throws", "[base]") {
    Json list = Json::array();
    CHECK_THROWS_AS(list.set("a", Json::string("b")), std::invalid_argument);
    Json object = Json::object();
    CHECK_THROWS_AS(object.push(Json::integer(1)), std::invalid_argument);
    CHECK_THROWS_AS(Json::string("\xff"), std::invalid_argument);
    CHECK_THROWS_AS(static_cast<void>(Json().dump()), std::invalid_argument);
}

TEST_CASE("copies of a JSON value share it and outlive the document", "[base]") {
    Json inner;
    {
        const Json document = parsed(R"({"a":["kept"]})");
        inner = document.member("a");
    }
    const Json copy = inner;
    inner = Json();
    CHECK(copy.at(0).text() == "kept");
    CHECK_FALSE(copy.at(1).present());
}

TEST_CASE("booleans and null are distinct from other JSON values", "[base]") {
    const Json json = parsed(R"({"t":true,"f":false,"n":null,"s":"true"})");
    CHECK(json.member("t").boolean() == true);
    CHECK(json.member("f").boolean() == false);
    CHECK_FALSE(json.member("s").boolean().has_value());
    CHECK(json.member("n").is_null());
    CHECK_FALSE(json.member("absent").is_null());
}

TEST_CASE("a quoted string is valid JSON for any content", "[base]") {
    CHECK(json_string("plain") == "\"plain\"");
    CHECK(json_string("") == "\"\"");
    // A single special character selects the slow path.
    CHECK(json_string("a\\c") == "\"a\\\\c\"");
    CHECK(json_string("a\"c") == "\"a\\\"c\"");
    for (int code = 1; code < 256; ++code) {
        const std::string text{'x', static_cast<char>(code), 'y'};
        const auto back = Json::parse("[" + json_string(text) + "]");
        REQUIRE(back);
        CHECK(back->at(0).text() == (code < 0x80 ? text : "x\xef\xbf\xbdy"));
    }
    CHECK(json_string("a\"b\\c") == "\"a\\\"b\\\\c\"");
    CHECK(json_string(std::string_view("\r\n\0\x1b\x7f", 5)) ==
          "\"\\u000d\\u000a\\u0000\\u001b\\u007f\"");
    CHECK(json_string("</script>&") == "\"\\u003c/script\\u003e\\u0026\"");
    CHECK(json_string("\xe2\x80\xa8\xe2\x80\xa9") == "\"\\u2028\\u2029\"");
    CHECK(json_string("\xf0\x9f\x98\x80") == "\"\xf0\x9f\x98\x80\"");
    CHECK(json_string("a\xff\xc0z") == "\"a\\ufffd\\ufffdz\"");
    const Json back = parsed("[" + json_string("\"\\\x01</\xe2\x80\xa8\xc3\xa9") + "]");
    CHECK(back.at(0).text() == "\"\\\x01</\xe2\x80\xa8\xc3\xa9");
}
