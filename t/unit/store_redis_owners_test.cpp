// The owners' index in Redis, against a redis-server.
#include "store/redis_owners.hpp"

#include <string>
#include <vector>
#include "catch.hpp"

#include "crypto/digest.hpp"
#include "redis/slot.hpp"
#include "redis_instance.hpp"

namespace {

using namespace social;
using std::chrono::milliseconds;
using store::fixture::key_of;

constexpr std::uint64_t kOwner = 77;
constexpr milliseconds kTerm{5000};

struct Gateway : test::RedisInstance {
    bool save(std::uint64_t number, milliseconds age = milliseconds(0), std::int64_t life = kLife) {
        flow::StoredSession entry = session(number);
        entry.owner = kOwner;
        entry.expires_at = clock.time + life;
        return run(sessions.save(entry, age));
    }
    [[nodiscard]] bool has(std::uint64_t number) {
        return run(sessions.load(key_of(number))).has_value();
    }
    bool remove(std::uint64_t number) { return run(sessions.remove(key_of(number))).has_value(); }
    bool leave(std::uint64_t number, std::uint64_t holder, milliseconds time = kTerm,
               std::vector<std::uint64_t> former = {}) {
        flow::Departure departure;
        departure.key = key_of(number);
        departure.owner.hash = kOwner;
        departure.owner.former = std::move(former);
        departure.holder = holder;
        departure.time = time;
        return run(sessions.leave(departure));
    }
    void end(std::uint64_t holder) {
        flow::Revocation revocation;
        revocation.owner = kOwner;
        revocation.holder = holder;
        flow::Task<void> task = sessions.end_revocation(revocation);
        test::run(task, turns);
    }
    // The only session of the owner leaves, and its holder revokes the grant from now on.
    void begin_revocation(std::uint64_t holder, milliseconds time = kTerm) {
        REQUIRE(save(1));
        REQUIRE(remove(1));
        REQUIRE(leave(1, holder, time));
    }
    [[nodiscard]] std::int64_t members() { return redis.number({"ZCARD", keys.owner(kOwner)}); }
    [[nodiscard]] std::string member(std::uint64_t number) const {
        return std::string(crypto::as_text(key_of(number)));
    }
};

}  // namespace

TEST_CASE("an owner's set has the sessions that live, and none longer than they do", "[store]") {
    Gateway gateway;
    for (std::uint64_t number = 1; number <= 6; ++number) {
        REQUIRE(gateway.save(number));
        if (number % 2 == 0) {
            REQUIRE(gateway.remove(number));
            CHECK_FALSE(gateway.leave(number, 5, milliseconds(0)));
        }
    }
    CHECK(gateway.members() == 3);
    const std::string set = gateway.keys.owner(kOwner);
    REQUIRE(gateway.save(7, milliseconds(0), 10 * Gateway::kLife));
    CHECK(gateway.redis.number({"PTTL", set}) > 9 * Gateway::kLife * 1000);
    REQUIRE(gateway.remove(7));
    CHECK_FALSE(gateway.leave(7, 5, milliseconds(0)));
    CHECK(gateway.redis.number({"PTTL", set}) <= Gateway::kLife * 1000);
    for (const std::uint64_t number : {1U, 3U, 5U}) {
        gateway.remove(number);
        CHECK_FALSE(gateway.leave(number, 5, milliseconds(0)));
    }
    CHECK(gateway.redis.number({"EXISTS", set}) == 0);
}

TEST_CASE("a session that joins or leaves takes members out that have expired", "[store]") {
    Gateway gateway;
    const std::string set = gateway.keys.owner(kOwner);
    gateway.redis.ask({"ZADD", set, "1", gateway.member(1), "2", gateway.member(2)});
    REQUIRE(gateway.save(3));
    CHECK(gateway.members() == 1);
    REQUIRE(gateway.save(4));
    gateway.redis.ask({"ZADD", set, "1", gateway.member(1), "2", gateway.member(2)});
    REQUIRE(gateway.remove(4));
    CHECK_FALSE(gateway.leave(4, 5, milliseconds(0)));
    CHECK(gateway.members() == 1);
}

TEST_CASE("a session without an owner is the last of nobody, and revokes its own grant",
          "[store]") {
    Gateway gateway;
    flow::Departure departure;
    departure.key = key_of(1);
    departure.holder = 5;
    departure.time = kTerm;
    CHECK(gateway.run(gateway.sessions.leave(departure)));
    departure.time = milliseconds(0);
    CHECK_FALSE(gateway.run(gateway.sessions.leave(departure)));
    CHECK(gateway.redis.commands.empty());
}

TEST_CASE("the last of an owner's sessions begins the revocation, and no other", "[store]") {
    Gateway gateway;
    REQUIRE(gateway.save(1));
    REQUIRE(gateway.save(2));
    REQUIRE(gateway.remove(1));
    CHECK_FALSE(gateway.leave(1, 5));
    REQUIRE(gateway.remove(2));
    CHECK(gateway.leave(2, 6));
    // The answer may be lost on the way, and the command sent again.
    CHECK(gateway.leave(2, 6));
    CHECK_FALSE(gateway.leave(1, 5));
}

TEST_CASE("of two sessions that end at once one is the last, whichever leaves first", "[store]") {
    for (const bool first : {true, false}) {
        Gateway gateway;
        REQUIRE(gateway.save(1));
        REQUIRE(gateway.save(2));
        REQUIRE(gateway.remove(1));
        REQUIRE(gateway.remove(2));
        CHECK(gateway.leave(first ? 1 : 2, 5));
        CHECK_FALSE(gateway.leave(first ? 2 : 1, 6));
        gateway.end(5);
        CHECK_FALSE(gateway.leave(first ? 2 : 1, 6));
    }
}

TEST_CASE("members without a session do not keep a grant, however many there are", "[store]") {
    Gateway gateway;
    for (std::uint64_t number = 1; number <= 250; ++number) {
        gateway.redis.ask(
            {"ZADD", gateway.keys.owner(kOwner), "4000000000000", gateway.member(number)});
    }
    REQUIRE(gateway.save(1000));
    REQUIRE(gateway.remove(1000));
    gateway.redis.commands.clear();
    CHECK(gateway.leave(1000, 5));
    CHECK(gateway.members() == 0);
    // Each member is looked for once, 100 of them after one look at the set.
    CHECK(gateway.redis.commands.size() <= 250 + 5);
}

TEST_CASE("a session among dead members keeps the grant", "[store]") {
    Gateway gateway;
    for (std::uint64_t number = 1; number <= 150; ++number) {
        gateway.redis.ask(
            {"ZADD", gateway.keys.owner(kOwner), "4000000000000", gateway.member(number)});
    }
    REQUIRE(gateway.save(1000));
    REQUIRE(gateway.save(1001));
    REQUIRE(gateway.remove(1000));
    CHECK_FALSE(gateway.leave(1000, 5));
}

TEST_CASE("a session is not stored while its owner's grant is being revoked", "[store]") {
    Gateway gateway;
    gateway.begin_revocation(5);
    CHECK_FALSE(gateway.save(2));
    CHECK_FALSE(gateway.has(2));
    CHECK(gateway.members() == 0);
    gateway.end(6);  // of another holder
    CHECK_FALSE(gateway.save(2));
    gateway.end(5);
    CHECK_FALSE(gateway.save(2, milliseconds(10'000)));
    CHECK_FALSE(gateway.has(2));
    CHECK(gateway.save(2, milliseconds(0)));
    CHECK(gateway.has(2));
    CHECK(gateway.members() == 1);
}

TEST_CASE("a revocation that a session has joined after is over, and the next one is its own",
          "[store]") {
    Gateway gateway;
    gateway.begin_revocation(5);
    gateway.end(5);
    REQUIRE(gateway.save(2));
    REQUIRE(gateway.remove(2));
    CHECK(gateway.leave(2, 6));
}

TEST_CASE("a revocation is remembered for a minute after its end", "[store]") {
    Gateway gateway;
    const std::string revocation = gateway.keys.revocation(kOwner);
    REQUIRE(gateway.save(1));
    REQUIRE(gateway.remove(1));
    REQUIRE(gateway.leave(1, 5, milliseconds(90'000)));
    CHECK(gateway.redis.life_of(revocation) > 120'000);
    CHECK(gateway.redis.life_of(revocation) <= 150'000);
    gateway.end(5);
    CHECK(gateway.redis.life_of(revocation) > 30'000);
    CHECK(gateway.redis.life_of(revocation) <= 60'000);
}

TEST_CASE("a session of an earlier version is removed although its owner is being revoked",
          "[store]") {
    Gateway gateway;
    const std::string former = gateway.keys.former_owner(9);
    REQUIRE(gateway.save(1));
    REQUIRE(gateway.save(2));
    gateway.redis.ask({"ZREM", gateway.keys.owner(kOwner), gateway.member(2)});
    REQUIRE(gateway.remove(1));
    REQUIRE(gateway.leave(1, 5));
    gateway.redis.ask({"SADD", former, gateway.member(2)});
    flow::Owner owner;
    owner.hash = kOwner;
    owner.former = {9};
    CHECK(gateway.run(gateway.sessions.remove_owner(owner)) == std::vector{key_of(2)});
    CHECK_FALSE(gateway.has(2));
}

TEST_CASE("the removal of all sessions of an owner leaves no revocation to another holder",
          "[store]") {
    Gateway gateway;
    REQUIRE(gateway.save(1));
    REQUIRE(gateway.remove(1));
    flow::Owner owner;
    owner.hash = kOwner;
    CHECK(gateway.run(gateway.sessions.remove_owner(owner)).empty());
    CHECK_FALSE(gateway.leave(1, 5));
    const std::int64_t life = gateway.redis.life_of(gateway.keys.revocation(kOwner));
    CHECK(life > 30'000);
    CHECK(life <= 60'000);
}

TEST_CASE("a revocation that nobody ends is over after its term", "[store]") {
    Gateway gateway;
    gateway.begin_revocation(5, milliseconds(1));
    while (!gateway.save(2)) {
    }
    CHECK(gateway.has(2));
    const std::int64_t life = gateway.redis.number({"PTTL", gateway.keys.revocation(kOwner)});
    CHECK(life > 0);
    CHECK(life <= 60'001);
}

TEST_CASE("a login under way when all sessions of its owner are removed is not stored", "[store]") {
    Gateway gateway;
    REQUIRE(gateway.save(1));
    flow::Owner owner;
    owner.hash = kOwner;
    CHECK(gateway.run(gateway.sessions.remove_owner(owner)) == std::vector{key_of(1)});
    CHECK_FALSE(gateway.save(2, milliseconds(5000)));
    CHECK(gateway.save(2, milliseconds(0)));
}

TEST_CASE("an owner with many sessions and dead members is removed in a few round trips",
          "[store]") {
    Gateway gateway;
    for (std::uint64_t number = 1; number <= 120; ++number) {
        REQUIRE(gateway.save(number));
    }
    for (std::uint64_t number = 200; number < 300; ++number) {
        gateway.redis.ask(
            {"ZADD", gateway.keys.owner(kOwner), "4000000000000", gateway.member(number)});
    }
    flow::Owner owner;
    owner.hash = kOwner;
    CHECK(gateway.run(gateway.sessions.remove_owner(owner)).size() == 120);
    CHECK(gateway.members() == 0);
    CHECK_FALSE(gateway.has(1));
    CHECK_FALSE(gateway.has(120));
}

TEST_CASE("sessions in the set of an earlier version keep the grant, and are removed with all",
          "[store]") {
    Gateway gateway;
    const std::string former = gateway.keys.former_owner(9);
    REQUIRE(gateway.save(1));
    REQUIRE(gateway.save(2));
    // As an earlier version left it: the session in the set, and members that are dead.
    gateway.redis.ask({"ZREM", gateway.keys.owner(kOwner), gateway.member(1)});
    gateway.redis.ask({"SADD", former, gateway.member(1), gateway.member(400), "x"});
    REQUIRE(gateway.remove(2));
    CHECK_FALSE(gateway.leave(2, 5, kTerm, {9}));
    CHECK(gateway.redis.number({"EXISTS", former}) == 0);
    CHECK(gateway.members() == 1);
    const std::int64_t life = gateway.redis.number({"PTTL", gateway.keys.owner(kOwner)});
    CHECK(life <= Gateway::kLife * 1000);
    CHECK(life > Gateway::kLife * 500);

    gateway.redis.ask({"ZREM", gateway.keys.owner(kOwner), gateway.member(1)});
    gateway.redis.ask({"SADD", former, gateway.member(1)});
    flow::Owner owner;
    owner.hash = kOwner;
    owner.former = {9};
    CHECK(gateway.run(gateway.sessions.remove_owner(owner)) == std::vector{key_of(1)});
    CHECK_FALSE(gateway.has(1));
}

TEST_CASE("the keys of one owner are in one slot of a cluster", "[store]") {
    const store::RedisKeys keys("test:");
    CHECK(redis::slot_of(keys.owner(5)) == redis::slot_of(keys.revocation(5)));
    CHECK(redis::slot_of(keys.owner(5)) != redis::slot_of(keys.owner(6)));
}
