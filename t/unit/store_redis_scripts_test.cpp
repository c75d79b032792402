#include "store/redis_scripts.hpp"

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#include "catch.hpp"

#include "redis_server.hpp"

namespace {

using namespace social;

// Uses of one quota, by several workers.
struct Quota {
    test::TestRedis redis;
    test::Turns turns{};
    std::string key = "test:q:1";
    std::uint64_t limit = 100;

    struct Wish {
        std::uint64_t wanted = 0;
        std::uint64_t needed = 0;
        std::uint64_t held = 0;
        std::uint64_t returned = 0;
    };
    struct Share {
        std::int64_t granted = 0;
        std::int64_t admitted = 0;
        std::int64_t others = 0;
        bool operator==(const Share&) const = default;
    };

    Share reserve(const std::string& who, Wish wish) {
        redis::Command command(store::scripts::reserve(), 1);
        command.key(key).with(limit).with(wish.wanted).with(wish.needed).with(who);
        command.with(wish.held).with(wish.returned).with(60'000);
        auto task = redis.call(std::move(command));
        const redis::Reply reply = test::run(task, turns);
        INFO(reply.text);
        REQUIRE(reply.elements.size() == 3);
        return {reply.elements[0].integer, reply.elements[1].integer, reply.elements[2].integer};
    }
    [[nodiscard]] std::string field(const std::string& name) {
        return redis.ask({"HGET", key, name}).text;
    }
};

}  // namespace

TEST_CASE("a quota in Redis is shared out up to its limit and no further", "[store]") {
    Quota quota;
    std::int64_t granted = 0;
    for (int i = 0; i < 200; ++i) {
        const auto share = quota.reserve(i % 2 == 0 ? "a" : "b", {.needed = 1});
        granted += share.granted;
        CHECK(share.admitted == granted);
    }
    CHECK(granted == 100);
    CHECK(quota.field("used") == "100");
    CHECK(quota.field("held") == "0");
    CHECK(quota.reserve("c", {.needed = 1}).granted == 0);
}

TEST_CASE("a worker gets a sixteenth of what is left in advance, and at least what it needs",
          "[store]") {
    Quota quota;
    quota.limit = 160;
    CHECK(quota.reserve("a", {.wanted = 50, .needed = 1}) == Quota::Share{10, 1, 0});
    CHECK(quota.field("a").starts_with("9 "));
    CHECK(quota.field("held") == "9");
    CHECK(quota.reserve("b", {.wanted = 3, .needed = 1}) == Quota::Share{3, 2, 0});
    CHECK(quota.field("held") == "11");
    CHECK(quota.reserve("c", {.wanted = 0, .needed = 100}) == Quota::Share{100, 102, 0});
    CHECK(quota.field("c").empty());
    CHECK(quota.reserve("c", {.wanted = 0, .needed = 100}) == Quota::Share{47, 149, 1});
}

TEST_CASE("what a worker holds stands for what it held before, and is given back", "[store]") {
    Quota quota;
    quota.limit = 160;
    CHECK(quota.reserve("a", {.wanted = 50, .needed = 1}).granted == 10);
    CHECK(quota.reserve("a", {.wanted = 50, .needed = 1, .held = 4}).granted == 9);
    CHECK(quota.field("a").starts_with("12 "));
    CHECK(quota.field("held") == "12");
    CHECK(quota.field("used") == "19");
    CHECK(quota.reserve("a", {.held = 2, .returned = 10}) == Quota::Share{0, 7, 0});
    CHECK(quota.field("a").starts_with("2 "));
    CHECK(quota.field("used") == "9");
    CHECK(quota.reserve("a", {.returned = 2}) == Quota::Share{0, 7, 0});
    CHECK(quota.field("a").empty());
    CHECK(quota.field("held") == "0");
    CHECK(quota.reserve("b", {.returned = 500}) == Quota::Share{0, 0, 0});
    CHECK(quota.field("used") == "0");
}

TEST_CASE("who gets nothing hears whether another worker still holds uses", "[store]") {
    Quota quota;
    quota.limit = 16;
    CHECK(quota.reserve("a", {.wanted = 1, .needed = 0, .held = 0}).granted == 1);
    CHECK(quota.reserve("b", {.needed = 15}).granted == 15);
    CHECK(quota.reserve("b", {.needed = 1}) == Quota::Share{0, 15, 1});
    // Its own share is none of another's.
    CHECK(quota.reserve("c", {.needed = 1, .held = 3}).others == 1);
    CHECK(quota.reserve("a", {.returned = 0}).granted == 0);
    CHECK(quota.reserve("c", {.needed = 1, .held = 3}).others == 0);
    CHECK(quota.reserve("c", {.returned = 0}).granted == 0);
    CHECK(quota.reserve("a", {.held = 1}).granted == 0);
    CHECK(quota.reserve("a", {.needed = 1, .held = 1}).others == 0);
    // Who was not heard of for a second is no hope any more.
    const redis::Reply time = quota.redis.ask({"TIME"});
    const std::int64_t second = std::stoll(time.elements.at(0).text);
    quota.redis.ask({"HSET", quota.key, "a", "1 " + std::to_string((second - 1) * 1000)});
    while (quota.redis.ask({"TIME"}).elements.at(0).text == time.elements.at(0).text) {
    }
    CHECK(quota.reserve("b", {.needed = 1}) == Quota::Share{0, 16, 0});
}

TEST_CASE("the uses of a window are forgotten when it is over", "[store]") {
    Quota quota;
    quota.reserve("a", {.needed = 1});
    const std::int64_t life = quota.redis.life_of(quota.key);
    CHECK(life <= 60'000);
    CHECK(life > 40'000);
}

TEST_CASE("a limit that was lowered admits nobody, and counts nothing below zero", "[store]") {
    Quota quota;
    CHECK(quota.reserve("a", {.needed = 80}).granted == 80);
    quota.limit = 10;
    CHECK(quota.reserve("a", {.wanted = 5, .needed = 5}) == Quota::Share{0, 80, 0});
}
