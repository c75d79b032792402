#include "store/redis_attempts.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include "catch.hpp"

#include "coro/result_task.hpp"
#include "redis_server.hpp"
#include "store/redis_keys.hpp"

namespace {

using namespace social;

constexpr std::int64_t kPeriod = 600;  // seconds

struct Attempts {
    test::TestRedis redis;
    store::RedisKeys keys{"test:"};
    store::RedisAttempts counter{redis, keys};
    test::Turns turns{};

    template <class T>
    T run(flow::Task<T> task) {
        return test::run(task, turns);
    }
    flow::Decision attempt(const std::string& name, std::uint32_t limit,
                           std::int64_t period = kPeriod) {
        return run(counter.attempt({name, limit, period}));
    }
    std::uint64_t count(const std::string& name) { return run(counter.count(name)); }
    [[nodiscard]] std::int64_t life_of(const std::string& name) {
        return redis.life_of(keys.attempts(name));
    }
};

}  // namespace

TEST_CASE("Redis allows as many attempts as the limit says, for each counter", "[store]") {
    Attempts attempts;
    for (std::uint64_t made = 1; made <= 3; ++made) {
        const flow::Decision verdict = attempts.attempt("user", 3);
        CHECK(verdict.allowed);
        CHECK(verdict.retry_after == 0);
        CHECK(attempts.count("user") == made);
    }
    for (int more = 0; more < 2; ++more) {
        const flow::Decision verdict = attempts.attempt("user", 3);
        CHECK_FALSE(verdict.allowed);
        CHECK(verdict.retry_after <= kPeriod);
        CHECK(verdict.retry_after > kPeriod - 20);
        CHECK(attempts.count("user") == 3);
    }
    CHECK(attempts.attempt("another", 3).allowed);
    CHECK(attempts.count("nobody") == 0);
    CHECK(attempts.attempt("user", 4).allowed);
}

TEST_CASE("the period of the attempts begins with the first one", "[store]") {
    Attempts attempts;
    CHECK(attempts.attempt("user", 2).allowed);
    const std::string key = attempts.keys.attempts("user");
    attempts.redis.ask({"PEXPIRE", key, "5001"});
    CHECK(attempts.attempt("user", 2).allowed);
    CHECK(attempts.life_of("user") <= 5001);
    attempts.redis.ask({"PEXPIRE", key, "5900"});
    const std::int64_t retry_after = attempts.attempt("user", 2).retry_after;
    // Rounded up: a client that comes back a moment early is refused once more.
    CHECK(retry_after <= 6);
    CHECK(retry_after * 1000 >= attempts.life_of("user"));
    attempts.redis.ask({"PEXPIRE", key, "1"});
    while (attempts.redis.number({"EXISTS", key}) == 1) {
    }
    CHECK(attempts.attempt("user", 2).allowed);
    CHECK(attempts.count("user") == 1);
}

TEST_CASE("attempts never last longer than the period, and never for good", "[store]") {
    Attempts attempts;
    const std::string key = attempts.keys.attempts("user");
    for (const std::string life : {"", "9999999"}) {
        attempts.redis.ask({"SET", key, "1"});
        if (!life.empty()) {
            attempts.redis.ask({"PEXPIRE", key, life});
        }
        CHECK(attempts.attempt("user", 3, 60).allowed);
        CHECK(attempts.count("user") == 2);
        CHECK(attempts.life_of("user") <= 60'000);
        CHECK(attempts.life_of("user") > 40'000);
    }
    CHECK(attempts.attempt("user", 2, 60).retry_after <= 60);
}

TEST_CASE("an attempt is taken back, and never more than were made", "[store]") {
    Attempts attempts;
    attempts.run(attempts.counter.refund("user"));
    CHECK(attempts.count("user") == 0);
    CHECK(attempts.attempt("user", 1).allowed);
    CHECK_FALSE(attempts.attempt("user", 1).allowed);
    attempts.run(attempts.counter.refund("user"));
    attempts.run(attempts.counter.refund("user"));
    CHECK(attempts.count("user") == 0);
    CHECK(attempts.attempt("user", 1).allowed);
    CHECK_FALSE(attempts.attempt("user", 1).allowed);
}

TEST_CASE("a counter that is back at zero leaves no key in Redis", "[store]") {
    Attempts attempts;
    const std::string key = attempts.keys.attempts("user");
    attempts.run(attempts.counter.refund("user"));
    CHECK(attempts.redis.number({"EXISTS", key}) == 0);
    for (int made = 0; made < 2; ++made) {
        CHECK(attempts.attempt("user", 3).allowed);
    }
    attempts.run(attempts.counter.refund("user"));
    CHECK(attempts.redis.number({"EXISTS", key}) == 1);
    CHECK(attempts.life_of("user") > 0);
    attempts.run(attempts.counter.refund("user"));
    CHECK(attempts.redis.number({"EXISTS", key}) == 0);
}

TEST_CASE("attempts are forgotten all at once", "[store]") {
    Attempts attempts;
    for (const std::string name : {"user", "user", "another"}) {
        CHECK(attempts.attempt(name, 2).allowed);
    }
    attempts.run(attempts.counter.forget("user"));
    CHECK(attempts.count("user") == 0);
    CHECK(attempts.count("another") == 1);
}

TEST_CASE("an attempt that Redis cannot count is a failure of the store", "[store]") {
    Attempts attempts;
    attempts.redis.ask({"HSET", attempts.keys.attempts("user"), "x", "y"});
    try {
        attempts.attempt("user", 3);
        FAIL("allowed");
    } catch (const flow::Failure& failure) {
        CHECK(failure.error().kind == Kind::store_unavailable);
        CHECK(failure.error().detail == "unexpected reply from Redis");
    }
}

TEST_CASE("an attempt is not repeated after a lost reply, since it would count twice", "[store]") {
    Attempts attempts;
    attempts.attempt("user", 3);
    attempts.run(attempts.counter.refund("user"));
    CHECK_FALSE(attempts.redis.commands[0].is_repeatable());
    CHECK_FALSE(attempts.redis.commands[1].is_repeatable());
    attempts.run(attempts.counter.forget("user"));
    attempts.count("user");
    CHECK(attempts.redis.commands[2].is_repeatable());
    CHECK(attempts.redis.commands[3].is_repeatable());
}
