// Replies that no Redis of ours gives: what the stores make of them.
#include <cstdint>
#include <limits>
#include <utility>
#include "catch.hpp"

#include "coro/result_task.hpp"
#include "flow_driver.hpp"
#include "redis/reply.hpp"
#include "store/redis_attempts.hpp"

using namespace social;
using redis::Reply;

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

Reply integer(std::int64_t number) {
    Reply reply;
    reply.type = Reply::Type::integer;
    reply.integer = number;
    return reply;
}

Reply array(std::vector<Reply> elements) {
    Reply reply;
    reply.type = Reply::Type::array;
    reply.elements = std::move(elements);
    return reply;
}

class FixedRedis final : public flow::Redis {
public:
    explicit FixedRedis(Reply reply) : reply_(std::move(reply)) {}
    flow::Task<Reply> call(redis::Command /*command*/) override { co_return reply_; }

private:
    Reply reply_;
};

// The verdict on an attempt in a period of 600 s.
flow::Decision verdict_of(Reply reply) {
    FixedRedis redis(std::move(reply));
    const store::RedisKeys keys("test:");
    store::RedisAttempts attempts(redis, keys);
    test::Turns turns;
    auto task = attempts.attempt(flow::RateLimit("name", 10, 600));
    return test::run(task, turns);
}

}  // namespace

TEST_CASE("the counts of a reply are integers that are not negative, of exactly that number",
          "[store]") {
    CHECK(array({integer(1), integer(kMost)}).counts<2>() ==
          std::array<std::uint64_t, 2>{1, static_cast<std::uint64_t>(kMost)});
    Reply text;
    text.type = Reply::Type::text;
    text.text = "1";
    for (const Reply& reply :
         {array({integer(1)}), array({integer(1), integer(2), integer(3)}),
          array({integer(1), integer(-1)}), array({integer(1), text}), integer(1), Reply()}) {
        CHECK_FALSE(reply.counts<2>());
    }
}

TEST_CASE("a refused attempt waits for one period at most, whatever Redis says", "[store]") {
    CHECK(verdict_of(array({integer(0), integer(59'001)})).retry_after == 60);
    CHECK(verdict_of(array({integer(0), integer(59'000)})).retry_after == 59);
    CHECK(verdict_of(array({integer(0), integer(0)})).retry_after == 1);
    CHECK(verdict_of(array({integer(0), integer(600'001)})).retry_after == 600);
    CHECK(verdict_of(array({integer(0), integer(kMost)})).retry_after == 600);
}

TEST_CASE("an attempt whose reply is no count is a failure of the store", "[store]") {
    for (const Reply& reply : {array({integer(0), integer(-1)}), array({integer(-1), integer(1)}),
                               array({Reply(), integer(1)})}) {
        CHECK_THROWS_AS(verdict_of(reply), flow::Failure);
    }
}
