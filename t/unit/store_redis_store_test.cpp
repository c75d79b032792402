#include "store/redis_store.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#include "catch.hpp"

#include "crypto/digest.hpp"
#include "redis_instance.hpp"

namespace {

using namespace social;
using flow::LeaseClaim;
using flow::StoredSession;
using std::chrono::milliseconds;
using store::fixture::key_of;

constexpr std::int64_t kLife = test::RedisInstance::kLife;

struct Instance : test::RedisInstance {
    void save(const StoredSession& entry) {
        const bool saved = run(sessions.save(entry, flow::kNoTokenCheck));
        REQUIRE(saved);
    }
    std::size_t remove_owner(std::uint64_t hash) {
        flow::Owner owner;
        owner.hash = hash;
        return run(sessions.remove_owner(owner)).size();
    }
    [[nodiscard]] std::optional<std::string> load(std::uint64_t number) {
        return run(sessions.load(key_of(number)));
    }
    [[nodiscard]] std::int64_t life_of(std::uint64_t number) {
        return redis.life_of(keys.session(key_of(number)));
    }
    [[nodiscard]] std::set<session::StoreKey> claim_due(std::size_t limit,
                                                        std::int64_t lease = 60) {
        std::set<session::StoreKey> keys_due;
        for (const flow::DueSession& due :
             run(sessions.claim_due({.limit = limit, .lease = lease}))) {
            keys_due.insert(due.key);
        }
        return keys_due;
    }
};

// Milliseconds that are `seconds`, but for the time that the test takes.
bool is_about(std::int64_t life, std::int64_t seconds) {
    return life <= seconds * 1000 && life > seconds * 1000 - 20'000 && life > seconds * 500;
}

// The member of a set of used values.
std::string member_of(std::string_view value) {
    return std::string(crypto::as_text(crypto::sha256(value))).substr(0, 16);
}

template <class Call>
Error failure_of(Call call) {
    try {
        call();
    } catch (const flow::Failure& failure) {
        return failure.error();
    }
    return Error{Kind::internal, "no failure", {}};
}

}  // namespace

TEST_CASE("Redis gives back the session that was saved, and none for another key", "[store]") {
    Instance instance;
    StoredSession entry = instance.session(1);
    entry.sealed = std::string("\0\r\n$-1\r\n", 9) + std::string(100'000, '\xff');
    instance.save(entry);
    CHECK(instance.load(1) == entry.sealed);
    CHECK_FALSE(instance.load(2));
    const flow::CachedSession copy = instance.run(instance.sessions.load_cached(entry.key));
    CHECK(copy.sealed == entry.sealed);
    CHECK(copy.cache_status == session::CacheStatus::miss);
    CHECK_FALSE(instance.run(instance.sessions.load_cached(key_of(2))).sealed);
    CHECK_FALSE(instance.sessions.is_cached(entry.key, entry.sealed));
}

TEST_CASE("a session in Redis lives until it expires", "[store]") {
    Instance instance;
    instance.save(instance.session(1));
    CHECK(is_about(instance.life_of(1), kLife));
    StoredSession longer = instance.session(1);
    longer.expires_at += 3600;
    longer.sealed = "another";
    instance.save(longer);
    CHECK(is_about(instance.life_of(1), kLife + 3600));
    CHECK(instance.load(1) == "another");
    // Redis refuses to keep something for no time.
    StoredSession over = instance.session(2);
    over.expires_at = instance.clock.time - 5;
    instance.save(over);
    CHECK(instance.life_of(2) <= 1000);
}

TEST_CASE("a value that is too short to be a session is none", "[store]") {
    Instance instance;
    const std::string name = instance.keys.session(key_of(1));
    instance.redis.ask({"SET", name, "1234567"});
    CHECK_FALSE(instance.load(1));
    instance.redis.ask({"SET", name, "12345678"});
    CHECK(instance.load(1) == "");
    instance.redis.ask({"SET", name, "123456789"});
    CHECK(instance.load(1) == "9");
}

TEST_CASE("a session in Redis is replaced in the expected generation alone", "[store]") {
    Instance instance;
    StoredSession entry = instance.session(1);
    for (const std::uint64_t generation : {1ULL, 2ULL, 0x100ULL, 0x8000'0000'0000'0001ULL}) {
        entry.generation = generation;
        entry.sealed = "before";
        instance.save(entry);
        StoredSession next = entry;
        next.generation = generation + 1;
        next.sealed = "after";
        next.expires_at += 3600;
        for (const std::uint64_t other :
             {generation - 1, generation + 1, generation << 8, std::uint64_t{0}}) {
            CHECK_FALSE(instance.run(instance.sessions.replace(next, other)));
        }
        CHECK(instance.load(1) == "before");
        CHECK(is_about(instance.life_of(1), kLife));
        CHECK(instance.run(instance.sessions.replace(next, generation)));
        CHECK(instance.load(1) == "after");
        CHECK(is_about(instance.life_of(1), kLife + 3600));
        CHECK_FALSE(instance.run(instance.sessions.replace(next, generation)));
        CHECK(instance.run(instance.sessions.replace(next, generation + 1)));
    }
}

TEST_CASE("a session that was removed from Redis is not replaced", "[store]") {
    Instance instance;
    instance.save(instance.session(1));
    CHECK(instance.run(instance.sessions.remove(key_of(1))) == "sealed 1");
    StoredSession next = instance.session(1);
    next.refresh_at = instance.clock.time;
    CHECK_FALSE(instance.run(instance.sessions.replace(next, 1)));
    CHECK_FALSE(instance.run(instance.sessions.replace(next, 0)));
    CHECK_FALSE(instance.load(1));
    CHECK(instance.redis.number({"EXISTS", instance.keys.due()}) == 0);
}

TEST_CASE("of two instances that replace one generation, one succeeds", "[store]") {
    Instance instance;
    instance.save(instance.session(1));
    StoredSession ours = instance.session(1);
    ours.generation = 2;
    ours.sealed = "ours";
    StoredSession theirs = ours;
    theirs.sealed = "theirs";
    CHECK(instance.run(instance.sessions.replace(theirs, 1)));
    CHECK_FALSE(instance.run(instance.sessions.replace(ours, 1)));
    CHECK(instance.load(1) == "theirs");
}

TEST_CASE("a session is removed from Redis once, and with it its refresh", "[store]") {
    Instance instance;
    StoredSession entry = instance.session(1);
    entry.refresh_at = instance.clock.time;
    instance.save(entry);
    instance.save(instance.session(2));
    CHECK(instance.run(instance.sessions.remove(entry.key)));
    CHECK_FALSE(instance.run(instance.sessions.remove(entry.key)));
    CHECK_FALSE(instance.load(1));
    CHECK(instance.load(2));
    CHECK(instance.redis.number({"ZCARD", instance.keys.due()}) == 0);
}

TEST_CASE("a session is removed from Redis in the expected generation alone", "[store]") {
    Instance instance;
    StoredSession entry = instance.session(1);
    entry.generation = 5;
    entry.refresh_at = instance.clock.time;
    instance.save(entry);
    CHECK_FALSE(instance.run(instance.sessions.remove_unchanged(entry.key, 4)));
    CHECK_FALSE(instance.run(instance.sessions.remove_unchanged(key_of(2), 5)));
    CHECK(instance.load(1) == entry.sealed);
    CHECK(instance.run(instance.sessions.remove_unchanged(entry.key, 5)));
    CHECK_FALSE(instance.load(1));
    CHECK(instance.claim_due(10).empty());
    CHECK_FALSE(instance.run(instance.sessions.remove_unchanged(entry.key, 5)));
}

TEST_CASE("all sessions of one user are removed from Redis, and nobody else's", "[store]") {
    Instance instance;
    for (const std::uint64_t number : {1U, 2U, 3U, 4U, 5U}) {
        StoredSession entry = instance.session(number);
        entry.owner = number <= 3 ? 77 : number == 4 ? 78 : 0;
        entry.refresh_at = instance.clock.time;
        instance.save(entry);
    }
    CHECK(instance.remove_owner(79) == 0);
    CHECK(instance.remove_owner(0) == 0);
    CHECK(instance.remove_owner(77) == 3);
    for (const std::uint64_t number : {1U, 2U, 3U}) {
        CHECK_FALSE(instance.load(number));
    }
    CHECK(instance.load(4));
    CHECK(instance.load(5));
    CHECK(instance.redis.number({"EXISTS", instance.keys.owner(77)}) == 0);
    CHECK(instance.redis.number({"EXISTS", instance.keys.owner(78)}) == 1);
    CHECK(instance.remove_owner(77) == 0);
    CHECK(instance.claim_due(10) == std::set{key_of(4), key_of(5)});
}

TEST_CASE("a session of the user that is gone already is not counted", "[store]") {
    Instance instance;
    for (const std::uint64_t number : {1U, 2U, 3U}) {
        StoredSession entry = instance.session(number);
        entry.owner = 77;
        instance.save(entry);
    }
    instance.redis.ask({"DEL", instance.keys.session(key_of(1))});
    CHECK(instance.run(instance.sessions.remove(key_of(2))));
    CHECK(instance.remove_owner(77) == 1);
}

TEST_CASE("the index of a user lives as long as the session that expires last", "[store]") {
    Instance instance;
    StoredSession entry = instance.session(1);
    entry.owner = 77;
    instance.save(entry);
    const std::string index = instance.keys.owner(77);
    CHECK(is_about(instance.redis.life_of(index), kLife));
    StoredSession longer = instance.session(2);
    longer.owner = 77;
    longer.expires_at += 3600;
    instance.save(longer);
    CHECK(is_about(instance.redis.life_of(index), kLife + 3600));
    instance.save(entry);
    CHECK(is_about(instance.redis.life_of(index), kLife + 3600));
    CHECK(instance.remove_owner(77) == 2);
}

TEST_CASE("a one-time value is used once, until its time is over", "[store]") {
    Instance instance;
    CHECK(instance.run(instance.sessions.consume("login 1", 660)));
    CHECK_FALSE(instance.run(instance.sessions.consume("login 1", 660)));
    CHECK(instance.run(instance.sessions.consume("login 2", 660)));
    const auto set_of = [&](std::string_view value) {
        return instance.keys.consumed_values(crypto::sha256(value));
    };
    CHECK(is_about(instance.redis.life_of(set_of("login 1")), 660));
    CHECK(instance.run(instance.sessions.consume("login 3", 0)));
    const std::int64_t life = instance.redis.life_of(set_of("login 3"));
    CHECK(life > 0);
    CHECK(life <= 1000);
    instance.redis.ask({"DEL", set_of("login 1")});
    CHECK(instance.run(instance.sessions.consume("login 1", 660)));
}

TEST_CASE("a used value that has expired is used again, although its set lives on", "[store]") {
    Instance instance;
    CHECK(instance.run(instance.sessions.consume("login 1", 660)));
    const std::string set = instance.keys.consumed_values(crypto::sha256("login 1"));
    instance.redis.ask({"ZADD", set, "XX", "1", member_of("login 1")});
    CHECK(instance.run(instance.sessions.consume("login 1", 660)));
    CHECK_FALSE(instance.run(instance.sessions.consume("login 1", 660)));
}

TEST_CASE("a value with a shorter time does not shorten the time of the others in its set",
          "[store]") {
    Instance instance;
    const auto set_of = [&](const std::string& value) {
        return instance.keys.consumed_values(crypto::sha256(value));
    };
    const std::string set = set_of("login 0");
    int number = 1;
    while (set_of("login " + std::to_string(number)) != set) {
        ++number;
    }
    CHECK(instance.run(instance.sessions.consume("login 0", 660)));
    CHECK(instance.run(instance.sessions.consume("login " + std::to_string(number), 60)));
    CHECK(is_about(instance.redis.life_of(set), 660));
    CHECK_FALSE(instance.run(instance.sessions.consume("login 0", 660)));
}

TEST_CASE("a full set of used values replaces the one that expires first, and drops expired ones",
          "[store]") {
    Instance instance;
    const std::string set = instance.keys.consumed_values(crypto::sha256("login"));
    const std::int64_t later = 4'000'000'000'000;
    for (int i = 0; i < 1024; ++i) {
        instance.redis.ask({"ZADD", set, std::to_string(later - i), "value " + std::to_string(i)});
    }
    CHECK(instance.run(instance.sessions.consume("login", 660)));
    CHECK_FALSE(instance.run(instance.sessions.consume("login", 660)));
    CHECK(instance.redis.number({"ZCARD", set}) == 1024);
    CHECK(instance.redis.ask({"ZSCORE", set, "value 1023"}).is_nil());
    CHECK_FALSE(instance.redis.ask({"ZSCORE", set, "value 1022"}).is_nil());

    // As of another version, with a larger bound.
    for (int i = 0; i < 9; ++i) {
        instance.redis.ask({"ZADD", set, std::to_string(later), "more " + std::to_string(i)});
    }
    CHECK(instance.run(instance.sessions.consume("login", 660)) == false);
    instance.redis.ask({"ZREM", set, member_of("login")});
    CHECK(instance.run(instance.sessions.consume("login", 660)));
    CHECK(instance.redis.number({"ZCARD", set}) == 1024);

    instance.redis.ask({"DEL", set});
    for (int i = 1; i <= 20; ++i) {
        instance.redis.ask({"ZADD", set, std::to_string(i), "expired " + std::to_string(i)});
    }
    CHECK(instance.run(instance.sessions.consume("login", 660)));
    CHECK(instance.redis.number({"ZCARD", set}) == 5);
}

TEST_CASE("sessions that are due are given to one caller, no more than it asks for", "[store]") {
    Instance instance;
    for (const std::uint64_t number : {1U, 2U, 3U, 4U}) {
        StoredSession entry = instance.session(number);
        entry.refresh_at = instance.clock.time + (number == 4 ? 1 : 0);
        instance.save(entry);
    }
    instance.save(instance.session(5));
    const auto first = instance.claim_due(2);
    CHECK(first.size() == 2);
    const auto second = instance.claim_due(2);
    CHECK(second.size() == 1);
    auto all = first;
    all.insert(second.begin(), second.end());
    CHECK(all == std::set{key_of(1), key_of(2), key_of(3)});
    CHECK(instance.claim_due(10).empty());
    instance.clock.time += 1;
    CHECK(instance.claim_due(10) == std::set{key_of(4)});
    instance.clock.time += 58;
    CHECK(instance.claim_due(10).empty());
    instance.clock.time += 1;
    CHECK(instance.claim_due(10) == std::set{key_of(1), key_of(2), key_of(3)});
}

TEST_CASE("a session stays scheduled for the time that it was saved with last", "[store]") {
    Instance instance;
    StoredSession entry = instance.session(1);
    entry.refresh_at = instance.clock.time;
    instance.save(entry);
    CHECK(instance.claim_due(10) == std::set{key_of(1)});
    entry.refresh_at = instance.clock.time + 10;
    entry.generation = 2;
    CHECK(instance.run(instance.sessions.replace(entry, 1)));
    CHECK(instance.claim_due(10).empty());
    instance.clock.time += 10;
    CHECK(instance.claim_due(10) == std::set{key_of(1)});
    entry.refresh_at = 0;
    entry.generation = 3;
    CHECK(instance.run(instance.sessions.replace(entry, 2)));
    CHECK(instance.redis.number({"ZCARD", instance.keys.due()}) == 0);
    instance.clock.time += 100;
    CHECK(instance.claim_due(10).empty());
    CHECK(instance.load(1));
}

TEST_CASE("a refused replacement leaves the schedule alone", "[store]") {
    Instance instance;
    StoredSession entry = instance.session(1);
    entry.refresh_at = instance.clock.time;
    instance.save(entry);
    StoredSession other = entry;
    other.refresh_at = instance.clock.time + 100;
    CHECK_FALSE(instance.run(instance.sessions.replace(other, 9)));
    other.refresh_at = 0;
    CHECK_FALSE(instance.run(instance.sessions.replace(other, 9)));
    CHECK(instance.claim_due(10) == std::set{key_of(1)});
}

TEST_CASE("the schedule lives as long as the session that expires last", "[store]") {
    Instance instance;
    StoredSession entry = instance.session(1);
    entry.refresh_at = instance.clock.time;
    instance.save(entry);
    const std::string due = instance.keys.due();
    CHECK(is_about(instance.redis.life_of(due), kLife));
    StoredSession longer = instance.session(2);
    longer.expires_at += 3600;
    longer.refresh_at = instance.clock.time;
    instance.save(longer);
    CHECK(is_about(instance.redis.life_of(due), kLife + 3600));
    instance.save(entry);
    CHECK(is_about(instance.redis.life_of(due), kLife + 3600));
}

TEST_CASE("a session that cannot join its owner's is not stored", "[store]") {
    Instance instance;
    StoredSession entry = instance.session(1);
    entry.owner = 77;
    instance.redis.ask({"HSET", instance.keys.owner(77), "x", "y"});
    CHECK(failure_of([&] { instance.save(entry); }).kind == Kind::store_unavailable);
    CHECK_FALSE(instance.load(1));
}

TEST_CASE("a removed session is given back though the schedule of refreshes fails", "[store]") {
    Instance instance;
    instance.save(instance.session(1));
    instance.redis.ask({"HSET", instance.keys.due(), "x", "y"});
    CHECK(instance.run(instance.sessions.remove(key_of(1))) == "sealed 1");
    CHECK_FALSE(instance.load(1));
}

TEST_CASE("a session that is gone leaves the schedule, and so does what is no session", "[store]") {
    Instance instance;
    for (const std::uint64_t number : {1U, 2U}) {
        StoredSession entry = instance.session(number);
        entry.refresh_at = instance.clock.time;
        instance.save(entry);
    }
    instance.redis.ask({"DEL", instance.keys.session(key_of(1))});
    instance.redis.ask({"ZADD", instance.keys.due(), "1", "too short"});
    CHECK(instance.claim_due(10) == std::set{key_of(2)});
    CHECK(
        instance.redis.ask({"ZSCORE", instance.keys.due(), std::string(crypto::as_text(key_of(1)))})
            .is_nil());
}

TEST_CASE("a lease in Redis has one holder, who may prolong it", "[store]") {
    Instance instance;
    const auto claim = [&](std::uint64_t holder, milliseconds time = milliseconds(5000)) {
        return instance.run(instance.sessions.claim_lease(LeaseClaim("job", holder, time)));
    };
    const auto release = [&](std::uint64_t holder) {
        instance.run(
            instance.sessions.release_lease(LeaseClaim("job", holder, milliseconds(5000))));
    };
    CHECK(claim(1));
    CHECK_FALSE(claim(2));
    CHECK(claim(1, milliseconds(50'000)));
    CHECK(is_about(instance.redis.life_of(instance.keys.lease("job")), 50));
    CHECK(instance.run(
        instance.sessions.claim_lease(LeaseClaim("another job", 2, milliseconds(5000)))));

    release(2);
    CHECK_FALSE(claim(2));
    release(1);
    CHECK(claim(2));
    CHECK_FALSE(claim(1));
    release(2);
    release(2);
    CHECK(claim(1));
}

TEST_CASE("a lease that nobody prolongs is free after its time", "[store]") {
    Instance instance;
    const auto claim = [&](std::uint64_t holder) {
        return instance.run(
            instance.sessions.claim_lease(LeaseClaim("job", holder, milliseconds(60))));
    };
    CHECK(claim(1));
    CHECK_FALSE(claim(2));
    for (int tries = 0; tries < 200 && !claim(2); ++tries) {
        std::this_thread::sleep_for(milliseconds(20));
    }
    CHECK_FALSE(claim(1));
}

TEST_CASE("a key of another type is a failure of the store, never a missing session", "[store]") {
    Instance instance;
    StoredSession entry = instance.session(1);
    entry.owner = 77;
    entry.refresh_at = instance.clock.time;
    const auto misuse = [&](const std::string& name, const std::string& command) {
        instance.redis.ask({"FLUSHALL"});
        instance.redis.ask({command, name, "x", "y"});
    };
    const auto fails = [&](auto call) {
        const Error error = failure_of(call);
        CHECK(error.kind == Kind::store_unavailable);
        CHECK(error.what == "Sessions are unavailable, please try again");
        CHECK(error.detail.ends_with("WRONGTYPE"));
    };
    auto& sessions = instance.sessions;
    misuse(instance.keys.session(entry.key), "HSET");
    fails([&] { static_cast<void>(instance.load(1)); });
    fails([&] { instance.run(sessions.load_cached(entry.key)); });
    misuse(instance.keys.owner(77), "HSET");
    fails([&] { instance.remove_owner(77); });
    misuse(instance.keys.due(), "HSET");
    fails([&] { instance.run(sessions.claim_due({.limit = 1, .lease = 1})); });
    fails([&] { instance.save(entry); });
    instance.save(instance.session(1));
    fails([&] { instance.run(sessions.replace(entry, 1)); });
    misuse(instance.keys.lease("job"), "HSET");
    fails([&] { instance.run(sessions.claim_lease(LeaseClaim("job", 1, milliseconds(9)))); });
    fails([&] { instance.run(sessions.release_lease(LeaseClaim("job", 1, milliseconds(9)))); });
}

TEST_CASE("a command is repeated after a lost reply only where a second time does no harm",
          "[store]") {
    Instance instance;
    struct Row {
        std::string name;
        bool repeatable;
        bool durable;
    };
    const auto sent = [&](const std::vector<Row>& expected) {
        REQUIRE(instance.redis.commands.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            INFO(expected[i].name);
            CHECK(instance.redis.commands[i].is_repeatable() == expected[i].repeatable);
            CHECK(instance.redis.commands[i].is_durable() == expected[i].durable);
        }
        instance.redis.commands.clear();
    };
    StoredSession entry = instance.session(1);
    entry.owner = 77;
    entry.refresh_at = instance.clock.time;
    instance.save(entry);
    sent({{"SET", true, true}, {"the user's index", true, false}, {"the schedule", true, false}});
    static_cast<void>(instance.load(1));
    sent({{"GET", true, false}});
    // A repeated one would find the generation that the first one wrote, and report a conflict.
    entry.generation = 2;
    instance.run(instance.sessions.replace(entry, 1));
    sent({{"replace", false, true}, {"the schedule", true, false}});
    instance.run(instance.sessions.consume("once", 60));
    sent({{"consume", false, true}});
    instance.run(instance.sessions.claim_lease(LeaseClaim("job", 1, milliseconds(9))));
    sent({{"claim", true, false}});
    instance.run(instance.sessions.release_lease(LeaseClaim("job", 1, milliseconds(9))));
    sent({{"release", true, false}});
}
