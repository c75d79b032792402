#include "token/credentials.hpp"

#include <string>
#include "catch.hpp"

using namespace social;
using token::body_format;
using token::BodyFormat;
using token::read_credentials;

namespace {

std::string refusal(std::string_view body, BodyFormat format) {
    const auto given = read_credentials(body, format);
    if (given) {
        return "";
    }
    CHECK(given.error().kind == Kind::bad_request);
    CHECK(given.error().detail.empty());
    return std::string(given.error().what);
}

std::string in_json(std::string_view body) {
    return refusal(body, BodyFormat::json);
}

std::string in_form(std::string_view body) {
    return refusal(body, BodyFormat::form);
}

constexpr std::string_view kRequired = "email, password and siteId are required";

}  // namespace

TEST_CASE("the format of a body depends on its media type only", "[token]") {
    CHECK(body_format("application/json") == BodyFormat::json);
    CHECK(body_format("Application/JSON; charset=utf-8") == BodyFormat::json);
    CHECK(body_format(" application/json ;x") == BodyFormat::json);
    CHECK(body_format("application/json; charset=utf-8; x=y") == BodyFormat::json);
    CHECK(body_format("application/x-www-form-urlencoded") == BodyFormat::form);
    CHECK(body_format("application/x-www-form-urlencoded;charset=utf-8") == BodyFormat::form);
    for (const auto* other : {"", ";", "json", "application/jsonp", "application/json,text/plain",
                              "text/plain; application/json", "multipart/form-data"}) {
        CHECK_FALSE(body_format(other));
    }
}

TEST_CASE("credentials are read from JSON", "[token]") {
    const auto given = read_credentials(
        R"({"siteId":169,"x":{"email":"no"},"password":"p\u00e4ss \"word\"","email":"a@b.example"})",
        BodyFormat::json);
    REQUIRE(given);
    CHECK(given->email == "a@b.example");
    CHECK(given->password.equals("p\xc3\xa4ss \"word\""));
    CHECK(given->site == "169");
    const auto text =
        read_credentials(R"({"email":"a","password":"b","siteId":"0169"})", BodyFormat::json);
    REQUIRE(text);
    CHECK(text->site == "0169");
}

TEST_CASE("credentials are read from a form", "[token]") {
    const auto given = read_credentials(
        "password=p%C3%A4ss+w%26rd&siteId=169&email=a%40b.example&x", BodyFormat::form);
    REQUIRE(given);
    CHECK(given->email == "a@b.example");
    CHECK(given->password.equals("p\xc3\xa4ss w&rd"));
    CHECK(given->site == "169");
}

TEST_CASE("malformed credentials are refused with the reason", "[token]") {
    CHECK(in_json("") == "The request body is empty");
    CHECK(in_form("") == "The request body is empty");
    CHECK(in_json("{") == "The request body is not valid JSON");
    CHECK(in_json(R"({"email":"a","email":"b"})") == "The request body is not valid JSON");
    CHECK(in_json("{}{}") == "The request body is not valid JSON");
    CHECK(in_json("{\"email\":\"\xff\"}") == "The request body is not valid JSON");
    CHECK(in_json(R"({"password":"a\u0000b"})") == "The request body is not valid JSON");
    CHECK(in_json("[]") == "The request body is not a JSON object");
    CHECK(in_json("{}") == kRequired);
    CHECK(in_json(R"({"email":"a","password":"b"})") == kRequired);
    CHECK(in_json(R"({"email":"a","siteId":1})") == kRequired);
    CHECK(in_json(R"({"password":"b","siteId":1})") == kRequired);
    CHECK(in_json(R"({"email":"","password":"b","siteId":1})") == kRequired);
    CHECK(in_json(R"({"email":"a","password":"","siteId":1})") == kRequired);
    CHECK(in_json(R"({"email":"a","password":"b","siteId":""})") == kRequired);
    CHECK(in_json(R"({"email":["a"],"password":"b","siteId":1})") ==
          "email and password must be strings");
    CHECK(in_json(R"({"email":"a","password":7,"siteId":1})") ==
          "email and password must be strings");
    CHECK(in_json(R"({"email":"a","password":"b","siteId":1.0})") ==
          "siteId must be a string or a whole number");
    CHECK(in_json(R"({"email":"a","password":"b","siteId":null})") ==
          "siteId must be a string or a whole number");
    CHECK(in_form("email=%") == "The request body is not a valid form");
    CHECK(in_form("email=a&password=b%00&siteId=1") == "The request body is not a valid form");
    CHECK(in_form("email=a&password=b") == kRequired);
    CHECK(in_form("email=a&password=b&siteId=") == kRequired);
    CHECK(in_form("email=a&password=b&siteId=1&siteId=2") ==
          "email, password and siteId must be given once");
    CHECK(in_form("email=a&password=b&password=&siteId=1") ==
          "email, password and siteId must be given once");
}

TEST_CASE("a siteId is limited to the length of the claim sid", "[token]") {
    const std::string most(128, 'x');
    CHECK(in_form("email=a&password=b&siteId=" + most).empty());
    CHECK(in_form("email=a&password=b&siteId=" + most + "x") == "siteId is too long");
    CHECK(in_json(R"({"email":"a","password":"b","siteId":")" + most + "x\"}") ==
          "siteId is too long");
}
