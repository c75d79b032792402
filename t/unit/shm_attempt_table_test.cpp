#include "shm/attempt_table.hpp"

#include <atomic>
#include "catch.hpp"

#include "counter_race.hpp"

using social::store::AttemptLimit;
using social::store::AttemptTable;
using social::store::CounterKey;
using social::test::race;
using social::test::SharedMemory;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;
constexpr CounterKey kUser{0x1234, 0x5678};

struct Fixture {
    explicit Fixture(std::size_t count = 4) : memory(count), table(memory.items()) {
        table.format();
    }
    // Attempts until one is refused; how many were allowed.
    std::uint64_t exhaust(const CounterKey& key, std::uint32_t limit, std::int64_t now = kNow) {
        std::uint64_t allowed = 0;
        while (table.attempt(key, {.limit = limit, .now = now, .period = 300}).allowed) {
            ++allowed;
        }
        return allowed;
    }
    [[nodiscard]] std::size_t used() const {
        std::size_t count = 0;
        for (const auto& stripe : memory.items()) {
            for (const auto& counter : stripe.counters) {
                count += counter.ends_at != 0 ? 1 : 0;
            }
        }
        return count;
    }

    SharedMemory<AttemptTable::Stripe> memory;
    AttemptTable table;
};

}  // namespace

TEST_CASE("Guesses over the limit wait until the period of the first one is over", "[shm]") {
    Fixture fixture;
    const auto attempt = [&](std::int64_t now) {
        return fixture.table.attempt(kUser, {.limit = 3, .now = now, .period = 60});
    };
    CHECK(attempt(kNow).allowed);
    CHECK(attempt(kNow + 10).allowed);
    CHECK(attempt(kNow + 20).allowed);
    const auto refused = attempt(kNow + 25);
    CHECK_FALSE(refused.allowed);
    CHECK(refused.retry_after == 35);
    CHECK(attempt(kNow + 59).retry_after == 1);
    CHECK(attempt(kNow + 60).allowed);
}

TEST_CASE("A limit of nothing allows no attempt, and a period of nothing lasts a second", "[shm]") {
    Fixture fixture;
    const AttemptLimit none = fixture.table.attempt(kUser, {.limit = 0, .now = kNow, .period = 60});
    CHECK_FALSE(none.allowed);
    CHECK(none.retry_after == 60);
    CHECK(fixture.used() == 0);
    CHECK(fixture.table.attempt(kUser, {.limit = 1, .now = kNow, .period = 0}).allowed);
    CHECK_FALSE(fixture.table.attempt(kUser, {.limit = 1, .now = kNow, .period = 0}).allowed);
    CHECK(fixture.table.attempt(kUser, {.limit = 1, .now = kNow + 1, .period = 0}).allowed);
}

TEST_CASE("The attempts of a period that is over do not count", "[shm]") {
    Fixture fixture;
    CHECK(fixture.exhaust(kUser, 3) == 3);
    CHECK(fixture.table.count(kUser, kNow + 299) == 3);
    CHECK(fixture.table.count(kUser, kNow + 300) == 0);
}

TEST_CASE("A counter goes by the limit that it was asked with last", "[shm]") {
    Fixture fixture(1);
    CHECK(fixture.exhaust(kUser, 2) == 2);
    CHECK(fixture.exhaust(kUser, 9) == 7);
    constexpr CounterKey kLowered{1'000'000, 1'000'000};
    CHECK(fixture.table.attempt(kLowered, {.limit = 9, .now = kNow, .period = 300}).allowed);
    CHECK_FALSE(fixture.table.attempt(kLowered, {.limit = 1, .now = kNow, .period = 300}).allowed);
    // Both are at their limit now, and stay when the stripe is full.
    for (std::uint64_t i = 0; i < 1000; ++i) {
        CHECK(fixture.table.attempt({i, i}, {.limit = 5, .now = kNow, .period = 300}).allowed);
    }
    CHECK(fixture.table.count(kUser, kNow) == 9);
    CHECK(fixture.table.count(kLowered, kNow) == 1);
}

TEST_CASE("A clock that is set back makes nobody wait longer than one period", "[shm]") {
    Fixture fixture;
    CHECK(fixture.table.attempt(kUser, {.limit = 1, .now = kNow + 90000, .period = 60}).allowed);
    const auto refused = fixture.table.attempt(kUser, {.limit = 1, .now = kNow, .period = 60});
    CHECK_FALSE(refused.allowed);
    CHECK(refused.retry_after == 60);
}

TEST_CASE("A login that succeeds may forget the guesses before it", "[shm]") {
    Fixture fixture;
    CHECK(fixture.table.attempt(kUser, {.limit = 1, .now = kNow, .period = 60}).allowed);
    fixture.table.forget(kUser);
    fixture.table.forget({9, 9});
    CHECK(fixture.table.attempt(kUser, {.limit = 1, .now = kNow, .period = 60}).allowed);
    CHECK_FALSE(fixture.table.attempt(kUser, {.limit = 1, .now = kNow, .period = 60}).allowed);
}

TEST_CASE("An attempt that succeeded is taken back, and no more than that", "[shm]") {
    Fixture fixture(1);
    const AttemptTable::Rate rate{.limit = 2, .now = kNow, .period = 60};
    CHECK(fixture.table.attempt(kUser, rate).allowed);
    CHECK(fixture.table.attempt(kUser, rate).allowed);
    CHECK_FALSE(fixture.table.attempt(kUser, rate).allowed);
    fixture.table.refund(kUser);
    CHECK(fixture.table.count(kUser, kNow) == 1);
    CHECK(fixture.table.attempt(kUser, rate).allowed);
    CHECK_FALSE(fixture.table.attempt(kUser, rate).allowed);
    for (int i = 0; i < 5; ++i) {
        fixture.table.refund(kUser);
    }
    CHECK(fixture.table.count(kUser, kNow) == 0);
    fixture.table.forget(kUser);
    fixture.table.refund(kUser);
    CHECK(fixture.table.count(kUser, kNow) == 0);
}

TEST_CASE("A counter that is back at zero takes no memory", "[shm]") {
    Fixture fixture(1);
    for (std::uint64_t i = 0; i < 1000; ++i) {
        CHECK(fixture.table.attempt({i, i}, {.limit = 5, .now = kNow, .period = 300}).allowed);
        fixture.table.refund({i, i});
        CHECK(fixture.used() == 0);
    }
    CHECK(fixture.exhaust(kUser, 3) == 3);
    for (int i = 0; i < 3; ++i) {
        CHECK(fixture.used() == 1);
        fixture.table.refund(kUser);
    }
    CHECK(fixture.used() == 0);
    CHECK(fixture.exhaust(kUser, 3) == 3);
}

TEST_CASE("Fresh counters, however many, never replace one that is at its limit", "[shm]") {
    Fixture fixture(1);
    CHECK(fixture.exhaust(kUser, 10) == 10);
    for (std::uint64_t i = 0; i < 10000; ++i) {
        const std::int64_t now = kNow + static_cast<std::int64_t>(i / 50);
        CHECK(fixture.table.attempt({i, i}, {.limit = 20, .now = now, .period = 300}).allowed);
        CHECK_FALSE(fixture.table.attempt(kUser, {.limit = 10, .now = now, .period = 300}).allowed);
    }
    CHECK(fixture.exhaust(kUser, 10, kNow + 300) == 10);
}

TEST_CASE("A full stripe replaces the counter with the most attempts left, then the oldest",
          "[shm]") {
    Fixture fixture(1);
    constexpr std::uint64_t kCounters = AttemptTable::Stripe::kCounters;
    for (std::uint64_t i = 0; i < kCounters; ++i) {
        const int failures = i % 2 == 0 ? 1 : 2;
        for (int n = 0; n < failures; ++n) {
            CHECK(fixture.table
                      .attempt(
                          {i, i},
                          {.limit = 10, .now = kNow + static_cast<std::int64_t>(i), .period = 300})
                      .allowed);
        }
    }
    const std::int64_t now = kNow + 100;
    for (std::uint64_t made = 0; made < kCounters / 2; ++made) {
        const std::uint64_t fresh = 1000 + made;
        for (int n = 0; n < 2; ++n) {
            CHECK(fixture.table.attempt({fresh, fresh}, {.limit = 10, .now = now, .period = 300})
                      .allowed);
        }
        CHECK(fixture.table.count({2 * made, 2 * made}, now) == 0);
        CHECK(fixture.table.count({2 * made + 1, 2 * made + 1}, now) == 2);
    }
}

TEST_CASE("Of counters with as many attempts left the one that ends first is replaced", "[shm]") {
    Fixture fixture(1);
    constexpr std::uint64_t kCounters = AttemptTable::Stripe::kCounters;
    const auto attempt = [&](std::uint64_t number, std::int64_t now) {
        return fixture.table.attempt({number, number}, {.limit = 10, .now = now, .period = 300})
            .allowed;
    };
    // The last ones end first. Two of them end earlier still, with fewer attempts left.
    for (std::uint64_t i = 0; i < kCounters; ++i) {
        CHECK(attempt(i, kNow + 100 - static_cast<std::int64_t>(i)));
    }
    for (const std::uint64_t guessed : {kCounters - 3, kCounters - 1}) {
        fixture.table.forget({guessed, guessed});
        CHECK(attempt(guessed, kNow));
        CHECK(attempt(guessed, kNow));
    }
    const std::int64_t now = kNow + 200;
    CHECK(attempt(1000, now));
    CHECK(fixture.table.count({kCounters - 3, kCounters - 3}, now) == 2);
    CHECK(fixture.table.count({kCounters - 1, kCounters - 1}, now) == 2);
    CHECK(fixture.table.count({kCounters - 2, kCounters - 2}, now) == 0);
    CHECK(fixture.table.count({0, 0}, now) == 1);
}

TEST_CASE("Where every counter of a stripe is at its limit, a fresh one waits for the first end",
          "[shm]") {
    Fixture fixture(1);
    for (std::uint64_t i = 0; i < AttemptTable::Stripe::kCounters; ++i) {
        CHECK(fixture.exhaust({i, i}, 1, kNow + static_cast<std::int64_t>(i)) == 1);
    }
    const std::int64_t now = kNow + 100;
    const AttemptLimit refused =
        fixture.table.attempt(kUser, {.limit = 10, .now = now, .period = 300});
    CHECK_FALSE(refused.allowed);
    CHECK(refused.retry_after == 200);
    for (std::uint64_t i = 0; i < AttemptTable::Stripe::kCounters; ++i) {
        CHECK_FALSE(fixture.table.attempt({i, i}, {.limit = 1, .now = now, .period = 300}).allowed);
    }
    CHECK(fixture.table.attempt(kUser, {.limit = 10, .now = kNow + 300, .period = 300}).allowed);
}

TEST_CASE("Processes that race allow exactly the limit of each counter", "[shm]") {
    constexpr std::uint64_t kUsers = 100;
    constexpr std::uint32_t kLimit = 10;
    Fixture fixture(4);
    SharedMemory<std::atomic<std::uint64_t>> allowed(kUsers);
    CHECK(race<AttemptTable>(
        {.processes = 3, .rounds = 10000}, fixture.memory.items(), allowed.items(),
        [](AttemptTable& view, std::uint64_t user) {
            return view.attempt({user, user * 31}, {.limit = kLimit, .now = kNow, .period = 300})
                .allowed;
        }));
    for (const auto& count : allowed.items()) {
        CHECK(count == kLimit);
    }
}
