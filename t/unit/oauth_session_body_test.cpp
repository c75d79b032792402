#include "oauth/session_body.hpp"

#include <string>
#include "catch.hpp"

using namespace social;
using oauth::SessionShape;

namespace {

base::Json json(std::string_view text) {
    return base::Json::parse(text).value();
}

std::string body_of(SessionShape shape, std::string_view profile, std::string_view accounts) {
    oauth::SessionParts parts;
    parts.profile = json(profile);
    parts.token = base::Secret("EAAG");
    const base::Json list = json(accounts);
    for (std::size_t i = 0; i < list.size(); ++i) {
        parts.accounts.push_back(list.at(i));
    }
    return oauth::session_body(shape, parts).value();
}

}  // namespace

TEST_CASE("a Facebook session has the documented members in the documented order", "[oauth]") {
    const std::string body =
        body_of(SessionShape::pages, R"({"name":"Ovan Donnovan","id":"508"})",
                R"([{"tasks":["ANALYZE","MANAGE"],"id":"1903","name":"Jamku",)"
                R"("category_list":[{"name":"Clothing & Brand","id":"2209","extra":1}],)"
                R"("category":"Clothing & Brand","access_token":"EAAP","cover":{}}])");
    const std::string expected =
        R"({"profile":{"name":"Ovan Donnovan","id":"508"},"token":"EAAG",)"
        R"("accounts":[{"access_token":"EAAP","category":"Clothing & Brand",)"
        R"("category_list":[{"id":"2209","name":"Clothing & Brand"}],)"
        R"("name":"Jamku","id":"1903","tasks":["ANALYZE","MANAGE"]}]})";
    CHECK(body == expected);
}

TEST_CASE("a session with accounts has neither the end of its token nor its scope", "[oauth]") {
    oauth::SessionParts parts;
    parts.profile = json(R"({"id":"1"})");
    parts.token = base::Secret("EAAG");
    parts.expires_at = 1'700'000'000;
    parts.scope = "public_profile";
    for (const SessionShape shape : {SessionShape::pages, SessionShape::instagram_pages}) {
        CHECK(oauth::session_body(shape, parts) ==
              R"({"profile":{"id":"1"},"token":"EAAG","accounts":[]})");
    }
    CHECK(oauth::session_body(SessionShape::oauth1_profile, parts) == R"({"profile":{"id":"1"}})");
}

TEST_CASE("a user without pages has an empty list", "[oauth]") {
    CHECK(body_of(SessionShape::pages, R"({"id":"1"})", "[]") ==
          R"({"profile":{"id":"1"},"token":"EAAG","accounts":[]})");
}

TEST_CASE("members that the provider did not give, or gave as something else, are left out",
          "[oauth]") {
    const std::string body =
        body_of(SessionShape::pages, R"({"id":"1"})",
                R"([{"id":7,"name":null,"category":[],"tasks":{},"category_list":"x"},)"
                R"({"id":"8","tasks":[1,"MANAGE",null]}])");
    CHECK(body == R"({"profile":{"id":"1"},"token":"EAAG",)"
                  R"("accounts":[{"id":"7"},{"id":"8","tasks":["MANAGE"]}]})");
}

TEST_CASE("an Instagram session keeps the documented names where the provider renamed fields",
          "[oauth]") {
    const std::string body =
        body_of(SessionShape::instagram_pages, R"({"name":"n","id":"1"})",
                R"([{"id":"24","name":"Tryal","access_token":"EAAP","category":"x",)"
                R"("instagram_accounts":{"data":[{"profile_picture_url":"https://p/1?a=b",)"
                R"("id":48,"has_profile_pic":false,"username":"u"}],"paging":{}},)"
                R"("instagram_business_account":{"username":"u","name":"m","id":"178"}},)"
                R"({"id":"25","name":"Bare","access_token":"EAAQ"}])");
    CHECK(body == R"({"profile":{"name":"n","id":"1"},"token":"EAAG","accounts":[)"
                  R"({"instagram_business_account":{"id":"178","name":"m","username":"u"},)"
                  R"("access_token":"EAAP","name":"Tryal","id":"24","instagram_accounts":)"
                  R"([{"id":"48","username":"u","has_profile_picture":false,)"
                  R"("profile_pic":"https://p/1?a=b"}]},)"
                  R"({"access_token":"EAAQ","name":"Bare","id":"25"}]})");

    const std::string legacy =
        body_of(SessionShape::instagram_pages, R"({"id":"1"})",
                R"([{"id":"2","instagram_accounts":[{"id":"3","has_profile_picture":true,)"
                R"("profile_pic":"p"}]}])");
    CHECK(legacy == R"({"profile":{"id":"1"},"token":"EAAG","accounts":[{"id":"2",)"
                    R"("instagram_accounts":[{"id":"3","has_profile_picture":true,)"
                    R"("profile_pic":"p"}]}]})");
}

TEST_CASE("any other session has its token's end as a number and its scope as one string",
          "[oauth]") {
    oauth::SessionParts parts;
    parts.profile = json(R"({"id":"1","name":"n","username":"u"})");
    parts.token = base::Secret("tok");
    parts.expires_at = 1700007200;
    parts.scope = "tweet.read users.read";
    CHECK(
        oauth::session_body(SessionShape::plain, parts).value() ==
        R"({"profile":{"id":"1","name":"n","username":"u"},"token":"tok","expires_at":1700007200,"scope":"tweet.read users.read"})");
    parts.expires_at = 0;
    CHECK(oauth::session_body(SessionShape::plain, parts).value().find("expires_at") ==
          std::string::npos);
}

TEST_CASE("names with markup and line separators stay valid JSON", "[oauth]") {
    const std::string body = body_of(
        SessionShape::pages, "{\"id\":\"1\",\"name\":\"</script>\xe2\x80\xa8\\\"\\u0001\"}", "[]");
    CHECK(json(body).member("profile").member("name").text() == "</script>\xe2\x80\xa8\"\x01");
}

TEST_CASE("parts without a profile make no session", "[oauth]") {
    CHECK_FALSE(oauth::session_body(SessionShape::pages, {}).has_value());
}
