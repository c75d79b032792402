#include "redis/url.hpp"

#include <string>
#include "catch.hpp"

using social::redis::Address;
using social::redis::parse_address;
using social::redis::parse_url;
using social::redis::Topology;

TEST_CASE("the URL of one server", "[redis]") {
    const auto plain = parse_url("redis://127.0.0.1");
    REQUIRE(plain);
    CHECK(plain->topology == Topology::single);
    CHECK_FALSE(plain->tls);
    CHECK(plain->addresses == std::vector{Address{.host = "127.0.0.1", .port = 6379}});
    CHECK(plain->password.empty());
    CHECK(plain->database == 0);

    const auto full = parse_url("rediss://me:p%40ss%3a@redis.example:7000/3");
    REQUIRE(full);
    CHECK(full->tls);
    CHECK(full->addresses == std::vector{Address{.host = "redis.example", .port = 7000}});
    CHECK(full->user == "me");
    CHECK(full->password.reveal() == "p@ss:");
    CHECK(full->database == 3);

    const auto password_alone = parse_url("redis://:secret@[::1]:7/");
    REQUIRE(password_alone);
    CHECK(password_alone->user.empty());
    CHECK(password_alone->password.reveal() == "secret");
    CHECK(password_alone->addresses == std::vector{Address{.host = "::1", .port = 7}});
    CHECK(password_alone->addresses.front().text() == "[::1]:7");
}

TEST_CASE("the URL of a socket", "[redis]") {
    const auto url = parse_url("redis+unix:///run/redis/redis.sock?db=2");
    REQUIRE(url);
    CHECK(url->addresses.front().is_path());
    CHECK(url->addresses.front().text() == "/run/redis/redis.sock");
    CHECK(url->database == 2);
    CHECK(parse_url("redis+unix:///run/redis.sock"));
    for (const char* wrong : {"redis+unix://run/redis.sock", "redis+unix://", "redis+unix:///a?x=1",
                              "redis+unix:///a?db=x"}) {
        CHECK_FALSE(parse_url(wrong));
    }
    CHECK_FALSE(parse_url("redis+unix:///" + std::string(107, 'x')));
}

TEST_CASE("the URL of sentinels and of a cluster", "[redis]") {
    const auto sentinels =
        parse_url("redis+sentinel://:p@10.0.0.1,10.0.0.2:7,[fe80::1]/mymaster/4");
    REQUIRE(sentinels);
    CHECK(sentinels->topology == Topology::sentinel);
    CHECK(sentinels->addresses == std::vector{Address{.host = "10.0.0.1", .port = 26379},
                                              Address{.host = "10.0.0.2", .port = 7},
                                              Address{.host = "fe80::1", .port = 26379}});
    CHECK(sentinels->primary == "mymaster");
    CHECK(sentinels->database == 4);

    const auto cluster = parse_url("rediss+cluster://a,b:1,c");
    REQUIRE(cluster);
    CHECK(cluster->topology == Topology::cluster);
    CHECK(cluster->tls);
    CHECK(cluster->addresses.size() == 3);
}

TEST_CASE("what is no URL of Redis is refused without showing a password", "[redis]") {
    for (const char* wrong : {"redis://",
                              "redis:///1",
                              "redis://a,b",
                              "redis://a:0",
                              "redis://a:65536",
                              "redis://a:x",
                              "redis://a:",
                              "redis://[::1",
                              "redis://[]",
                              "redis://[::1]x",
                              "redis://a/x",
                              "redis://a/-1",
                              "redis://a/1/2",
                              "redis://hunter2@a",
                              "redis://me:@a",
                              "redis://%zz:hunter2@a",
                              "redis://me:hunter2%2@a",
                              "redis+sentinel://a",
                              "redis+sentinel://a/",
                              "redis+cluster://a/1",
                              "redis+cluster://a,,b",
                              "redis+udp://a",
                              "http://a",
                              "redis://a b",
                              "redis://a\n",
                              "redis://a/99999999999"}) {
        INFO(wrong);
        const auto url = parse_url(wrong);
        REQUIRE_FALSE(url);
        CHECK(url.error().detail.find("hunter2") == std::string::npos);
        CHECK(url.error().what.find("hunter2") == std::string_view::npos);
    }
}

TEST_CASE("an address as servers announce it", "[redis]") {
    CHECK(parse_address("10.0.0.1:7001", 1)->text() == "10.0.0.1:7001");
    CHECK(parse_address("::1:7001", 1)->text() == "[::1]:7001");
    CHECK_FALSE(parse_address(":7001", 1));
    CHECK_FALSE(parse_address("", 1));
}
