#include <string>
#include "catch.hpp"

#include "redis/slot.hpp"
#include "redis/slot_map.hpp"

using social::redis::Address;
using social::redis::Reply;
using social::redis::slot_of;
using social::redis::SlotMap;

namespace {

Reply number(std::int64_t value) {
    Reply reply;
    reply.type = Reply::Type::integer;
    reply.integer = value;
    return reply;
}

Reply text(std::string value) {
    Reply reply;
    reply.type = Reply::Type::text;
    reply.text = std::move(value);
    return reply;
}

Reply list(std::vector<Reply> elements) {
    Reply reply;
    reply.type = Reply::Type::array;
    reply.elements = std::move(elements);
    return reply;
}

Reply range(std::int64_t first, std::int64_t last, Reply host, std::int64_t port) {
    return list({number(first), number(last), list({std::move(host), number(port), text("id")}),
                 list({text("10.0.0.9"), number(1), text("id of a replica")})});
}

const Address kAsked{.host = "10.0.0.1", .port = 7000};

}  // namespace

TEST_CASE("the slot of a key is that of the cluster specification", "[redis]") {
    CHECK(slot_of("123456789") == 0x31c3);  // below 16384, so the CRC itself
    CHECK(slot_of("foo") == 12182);
    CHECK(slot_of("") == 0);
    CHECK(slot_of("{user1000}.following") == slot_of("{user1000}.followers"));
    CHECK(slot_of("{user1000}.following") == slot_of("user1000"));
    // Nothing between the braces: the whole key counts.
    CHECK(slot_of("foo{}{bar}") == 8363);
    CHECK(slot_of("{}") == 15257);
    CHECK(slot_of("a{b") == 13340);
    CHECK(slot_of("{a}") == slot_of("a"));
    CHECK(slot_of("a}b{c}") == slot_of("c"));
    CHECK(slot_of("foo{{bar}}zap") == slot_of("{bar"));
    CHECK(slot_of("foo{bar}{zap}") == slot_of("bar"));
}

TEST_CASE("a map finds the primary of each slot", "[redis]") {
    SlotMap map;
    CHECK(map.find(0) == nullptr);
    REQUIRE(
        map.read(list({range(0, 5460, text("10.0.0.2"), 7001), range(5461, 16383, text(""), 7000)}),
                 kAsked));
    CHECK(*map.find(0) == Address{.host = "10.0.0.2", .port = 7001});
    CHECK(*map.find(5460) == Address{.host = "10.0.0.2", .port = 7001});
    CHECK(*map.find(5461) == kAsked);
    CHECK(*map.find(16383) == kAsked);
    CHECK(map.primaries().size() == 2);

    map.move(5, Address{.host = "10.0.0.3", .port = 7002});
    CHECK(map.find(5)->port == 7002);
    CHECK(map.find(6)->port == 7001);
    CHECK(map.primaries().size() == 3);
}

TEST_CASE("what makes no sense in a map is left out", "[redis]") {
    SlotMap map;
    REQUIRE(map.read(list({range(0, 1, Reply(), 7000)}), kAsked));
    CHECK_FALSE(map.read(list({}), kAsked));
    CHECK_FALSE(map.read(text("garbage"), kAsked));
    CHECK(map.find(0) != nullptr);  // the old one stays
    REQUIRE(map.read(
        list({range(-1, 5, text("a"), 1), range(5, 16384, text("a"), 1), range(9, 8, text("a"), 1),
              range(0, 1, text("?"), 1), range(0, 1, text("a"), 0), range(0, 1, text("a"), 65536),
              range(0, 1, number(5), 1), list({number(1), number(2)}),
              list({number(1), number(2), list({})}), number(1), range(3, 4, text("a"), 1)}),
        kAsked));
    CHECK(map.find(0) == nullptr);
    CHECK(map.find(3)->host == "a");
    CHECK(map.find(5) == nullptr);
}
