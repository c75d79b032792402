#include "base/cookie.hpp"

#include <string>
#include "catch.hpp"

using namespace social::base;

TEST_CASE("cookies are found by name and by prefix in the order of the request", "[base]") {
    const Cookies cookies("__Host-social-a=1; theme=dark;__Host-social-b=2 ;\t__Host-social-a=3");
    CHECK(cookies.size() == 4);
    CHECK(cookies.find("theme").value == "dark");
    CHECK(cookies.find("absent").occurrence == Occurrence::absent);
    const auto ours = cookies.with_prefix("__Host-social-");
    REQUIRE(ours.size() == 3);
    CHECK(ours[0].value == "1");
    CHECK(ours[1].name == "__Host-social-b");
    CHECK(ours[1].value == "2");
    CHECK(ours[2].value == "3");
}

TEST_CASE("cookies of the same name are reported as repeated", "[base]") {
    const Cookies cookies("a=1; a=2");
    CHECK(cookies.find("a").occurrence == Occurrence::repeated);
    CHECK(cookies.find("a").value.empty());
}

TEST_CASE("cookie names are case-sensitive", "[base]") {
    const Cookies cookies("A=1; a=2");
    CHECK(cookies.find("a").value == "2");
    CHECK(cookies.with_prefix("A").size() == 1);
}

TEST_CASE("a cookie value may contain equals signs and keeps its quotes", "[base]") {
    const Cookies cookies("a=b=c==; q=\"x y\"; e=");
    CHECK(cookies.find("a").value == "b=c==");
    CHECK(cookies.find("q").value == "\"x y\"");
    CHECK(cookies.find("e").once());
    CHECK(cookies.find("e").value.empty());
}

TEST_CASE("malformed cookies are skipped", "[base]") {
    const Cookies cookies("; ;nothing; =x; b ad=1; c\x01=1; d=\x02; \xc3\xa9=1; (=1; good=1;");
    CHECK(cookies.size() == 1);
    CHECK(cookies.find("good").value == "1");
    CHECK(Cookies("").size() == 0);
}

TEST_CASE("cookies of a split header are found", "[base]") {
    Cookies cookies("a=1");
    cookies.add("b=2");
    cookies.add("a=3");
    CHECK(cookies.find("b").value == "2");
    CHECK(cookies.find("a").occurrence == Occurrence::repeated);
}

TEST_CASE("cookies beyond the limit are ignored", "[base]") {
    std::string header;
    for (int i = 0; i < 10000; ++i) {
        header += "c" + std::to_string(i) + "=1;";
    }
    CHECK(Cookies(header).size() == kMaxCookies);
}
