// The stores over a Redis that answers anything. A first octet chooses the operation, the rest are
// the replies to its commands, one after another. It ends with a value in its bounds or with
// store_unavailable, and sends a bounded number of commands.
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "../unit/flow_driver.hpp"
#include "coro/result_task.hpp"
#include "flow/redis.hpp"
#include "flow/session_store.hpp"
#include "redis/error_kind.hpp"
#include "resp.hpp"
#include "session/record.hpp"
#include "store/redis_attempts.hpp"
#include "store/redis_store.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr std::int64_t kNow = 1'700'000'000;

class FixedClock final : public flow::Clock {
public:
    [[nodiscard]] std::int64_t now() const noexcept override { return kNow; }
    [[nodiscard]] std::chrono::milliseconds monotonic() const noexcept override {
        return std::chrono::seconds(kNow);
    }
};

// As loop/ does, errors of the server itself never come out of call().
class AnsweringRedis final : public flow::Redis {
public:
    explicit AnsweringRedis(std::vector<redis::Reply> replies) : replies_(std::move(replies)) {}

    flow::Task<redis::Reply> call(redis::Command command) override {
        require(command.wire().starts_with('*'));
        redis::Reply reply;
        if (sent_ < replies_.size()) {
            reply = replies_[sent_];
        }
        ++sent_;
        if (redis::classify_error(reply) != redis::ErrorKind::none) {
            throw flow::Failure(
                Error{.kind = Kind::store_unavailable, .what = "down", .detail = {}});
        }
        co_return reply;
    }

    [[nodiscard]] std::size_t sent() const noexcept { return sent_; }

private:
    std::vector<redis::Reply> replies_;
    std::size_t sent_ = 0;
};

// What an operation gives, or nothing where it failed.
template <class T>
std::optional<T> outcome(flow::Task<T> task) {
    test::Turns turns;
    try {
        return test::run(task, turns);
    } catch (const flow::Failure& failure) {
        require(failure.error().kind == Kind::store_unavailable);
        return std::nullopt;
    }
}

bool succeeds(flow::Task<void> task) {
    test::Turns turns;
    try {
        test::run(task, turns);
        return true;
    } catch (const flow::Failure& failure) {
        require(failure.error().kind == Kind::store_unavailable);
        return false;
    }
}

flow::StoredSession entry() {
    flow::StoredSession made;
    made.sealed = "sealed";
    made.owner = 7;
    made.expires_at = kNow + 3600;
    made.refresh_at = kNow + 60;
    made.generation = 2;
    return made;
}

flow::Departure departure() {
    flow::Departure made;
    made.owner.hash = 7;
    made.owner.former = {8};
    made.holder = 9;
    made.time = std::chrono::seconds(5);
    return made;
}

// What is loaded goes to the decoder, for which no stranger has the key.
void check_load(flow::SessionStore& store) {
    const session::StoreKey key{};
    const auto loaded = outcome(store.load(key));
    if (loaded && *loaded) {
        require(!session::decode(**loaded, key, keyring()));
    }
}

void check_sessions(std::uint8_t operation, AnsweringRedis& redis, std::size_t elements) {
    const FixedClock clock;
    const store::RedisKeys keys("social:");
    store::RedisStore sessions(redis, clock, keys);
    switch (operation) {
        case 0:
            check_load(sessions);
            break;
        case 1:
            static_cast<void>(outcome(sessions.load_cached({})));
            break;
        case 2:
            static_cast<void>(outcome(sessions.save(entry(), std::chrono::seconds(1))));
            break;
        case 3:
            static_cast<void>(outcome(sessions.replace(entry(), 1)));
            break;
        case 4:
            static_cast<void>(outcome(sessions.remove({})));
            static_cast<void>(outcome(sessions.leave(departure())));
            break;
        case 5:
            static_cast<void>(succeeds(sessions.end_revocation({.owner = 7, .holder = 9})));
            static_cast<void>(outcome(sessions.remove_owner(departure().owner)));
            break;
        case 6:
            static_cast<void>(outcome(sessions.consume("id", 600)));
            break;
        case 7:
            require(outcome(sessions.claim_due({.limit = 3, .lease = 60}))
                        .value_or(std::vector<flow::DueSession>())
                        .size() <= elements);
            break;
        case 8:
            static_cast<void>(outcome(sessions.claim_lease(
                flow::LeaseClaim("lease", 9, std::chrono::milliseconds(1000)))));
            break;
        default:
            static_cast<void>(succeeds(sessions.release_lease(
                flow::LeaseClaim("lease", 9, std::chrono::milliseconds(1000)))));
    }
}

void check_attempts(std::uint8_t operation, AnsweringRedis& redis) {
    const store::RedisKeys keys("social:");
    store::RedisAttempts attempts(redis, keys);
    if (operation == 0) {
        const auto verdict = outcome(attempts.attempt(flow::RateLimit("name", 10, 600)));
        require(!verdict ||
                (verdict->allowed ? verdict->retry_after == 0 : verdict->retry_after >= 1));
    } else if (operation == 1) {
        static_cast<void>(succeeds(attempts.refund("name")));
    } else if (operation == 2) {
        static_cast<void>(succeeds(attempts.forget("name")));
    } else {
        static_cast<void>(outcome(attempts.count("name")));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = text_of(data, size);
    const auto operation = static_cast<std::uint8_t>(take_octet(rest) % 14);
    Replies read = read_replies(rest, std::max<std::size_t>(rest.size(), 1));
    std::size_t elements = 0;
    for (const redis::Reply& reply : read.replies) {
        elements += 1 + reply.elements.size();
    }
    AnsweringRedis redis(std::move(read.replies));
    if (operation < 10) {
        check_sessions(operation, redis, elements);
    } else {
        check_attempts(static_cast<std::uint8_t>(operation - 10), redis);
    }
    require(redis.sent() <= 4 + 3 * elements);
    return 0;
}
