// One instance of the gateway at the redis-server of the unit tests: its store, and what runs it.
#pragma once

#include <cstdint>
#include <string>

#include "flow_world.hpp"
#include "redis_server.hpp"
#include "store/redis_keys.hpp"
#include "store/redis_store.hpp"
#include "store_fixture.hpp"

namespace social::test {

struct RedisInstance {
    static constexpr std::int64_t kLife = 600;  // seconds

    TestRedis redis;
    FixedClock clock;
    store::RedisKeys keys{"test:"};
    store::RedisStore sessions{redis, clock, keys};
    Turns turns{};

    template <class T>
    T run(flow::Task<T> task) {
        return test::run(task, turns);
    }

    // A session of that number, not stored yet.
    [[nodiscard]] flow::StoredSession session(std::uint64_t number) const {
        flow::StoredSession entry;
        entry.key = store::fixture::key_of(number);
        entry.sealed = "sealed " + std::to_string(number);
        entry.expires_at = clock.time + kLife;
        entry.generation = 1;
        return entry;
    }
};

}  // namespace social::test
