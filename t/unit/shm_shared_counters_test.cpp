#include "shm/shared_counters.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <random>
#include <thread>
#include <vector>
#include "catch.hpp"

#include "counter_race.hpp"
#include "shm/stripe_lock.hpp"

using social::store::CounterKey;
using social::store::CountResult;
using social::store::SharedCounters;
using social::store::StripeLock;
using social::test::race;
using social::test::SharedMemory;
using Verdict = CountResult::Verdict;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;
constexpr CounterKey kSite{0x1234, 0x5678};

struct Fixture {
    explicit Fixture(std::size_t count = 4) : memory(count), counters(memory.items()) {
        counters.format();
    }
    CountResult admit(std::uint64_t limit, std::int64_t now, std::int64_t ends_at) {
        return counters.admit(kSite, {.limit = limit, .now = now, .ends_at = ends_at});
    }

    SharedMemory<SharedCounters::Stripe> memory;
    SharedCounters counters;
};

}  // namespace

TEST_CASE("A quota admits exactly its limit, and says how many were counted", "[shm]") {
    Fixture fixture;
    for (std::uint64_t i = 1; i <= 3; ++i) {
        const CountResult admission = fixture.admit(3, kNow, kNow + 60);
        CHECK(admission.admitted());
        CHECK(admission.count == i);
    }
    for (int i = 0; i < 5; ++i) {
        const CountResult admission = fixture.admit(3, kNow + 59, kNow + 60);
        CHECK(admission.verdict == Verdict::over);
        CHECK(admission.count == 3);  // a refused request is not counted
    }
}

TEST_CASE("A new window begins with its first second and not before", "[shm]") {
    Fixture fixture;
    CHECK(fixture.admit(1, kNow, kNow + 60).admitted());
    CHECK_FALSE(fixture.admit(1, kNow + 59, kNow + 60).admitted());
    CHECK(fixture.admit(1, kNow + 60, kNow + 120).admitted());
    CHECK_FALSE(fixture.admit(1, kNow + 60, kNow + 120).admitted());
    CHECK(fixture.counters.count(kSite, kNow + 119) == 1);
    CHECK(fixture.counters.count(kSite, kNow + 120) == 0);
}

TEST_CASE("A worker whose clock lags at the edge of a window opens no second quota", "[shm]") {
    Fixture fixture;
    CHECK(fixture.admit(2, kNow, kNow + 1).admitted());
    CHECK(fixture.admit(2, kNow + 1, kNow + 86401).admitted());
    CHECK(fixture.admit(2, kNow, kNow + 1).admitted());
    CHECK_FALSE(fixture.admit(2, kNow + 1, kNow + 86401).admitted());
    CHECK_FALSE(fixture.admit(2, kNow, kNow + 1).admitted());
}

TEST_CASE("A counter from a clock that was years ahead does not block for years", "[shm]") {
    Fixture fixture;
    const std::int64_t wrong = kNow + 10LL * 365 * 86400;
    CHECK(fixture.admit(1, wrong, wrong + 3600).admitted());
    CHECK(fixture.admit(1, kNow, kNow + 3600).admitted());
    CHECK_FALSE(fixture.admit(1, kNow, kNow + 3600).admitted());
}

TEST_CASE("A counter lasts as long as the latest window that it was asked for", "[shm]") {
    Fixture fixture;
    CHECK(fixture.admit(5, kNow, kNow + 60).admitted());
    CHECK(fixture.admit(5, kNow + 10, kNow + 600).count == 2);
    CHECK(fixture.counters.count(kSite, kNow + 100) == 2);
    CHECK(fixture.admit(5, kNow + 20, kNow + 60).count == 3);
    CHECK(fixture.counters.count(kSite, kNow + 599) == 3);
    CHECK(fixture.counters.count(kSite, kNow + 600) == 0);
}

TEST_CASE("A window that is over already still counts", "[shm]") {
    Fixture fixture;
    CHECK(fixture.admit(1, kNow, kNow - 5).admitted());
    CHECK_FALSE(fixture.admit(1, kNow, kNow - 5).admitted());
}

TEST_CASE("A limit of nothing admits nothing", "[shm]") {
    Fixture fixture;
    CHECK(fixture.admit(0, kNow, kNow + 60).verdict == Verdict::over);
}

TEST_CASE("A quota for which there is no counter is not admitted and pushes no other out",
          "[shm]") {
    Fixture fixture(1);
    for (std::uint64_t i = 0; i < SharedCounters::Stripe::kCounters; ++i) {
        CHECK(fixture.counters.admit({i, i}, {.limit = 1, .now = kNow, .ends_at = kNow + 60})
                  .admitted());
    }
    CHECK(fixture.admit(5, kNow, kNow + 60).verdict == Verdict::full);
    for (std::uint64_t i = 0; i < SharedCounters::Stripe::kCounters; ++i) {
        CHECK(fixture.counters.admit({i, i}, {.limit = 1, .now = kNow, .ends_at = kNow + 60})
                  .verdict == Verdict::over);
    }
    CHECK(fixture.admit(5, kNow + 60, kNow + 120).admitted());
}

// Keys as a digest would give them.
CounterKey key_of(std::uint64_t number) {
    std::mt19937_64 random(number);
    const std::uint64_t half = random();
    return {half, random()};
}

TEST_CASE("Nine counters in ten find a place, in a small table and in a large one", "[shm]") {
    for (const std::size_t stripes : {1U, 8U, 256U, 2048U}) {
        Fixture fixture(stripes);
        const std::uint64_t most =
            fixture.counters.capacity() * SharedCounters::kUsablePercent / 100;
        for (std::uint64_t i = 0; i < most; ++i) {
            REQUIRE(
                fixture.counters.admit(key_of(i), {.limit = 1, .now = kNow, .ends_at = kNow + 60})
                    .admitted());
        }
        for (std::uint64_t i = 0; i < most; i += 7) {
            REQUIRE(
                fixture.counters.admit(key_of(i), {.limit = 1, .now = kNow, .ends_at = kNow + 60})
                    .verdict == Verdict::over);
        }
    }
}

TEST_CASE("A group begins no more counters in one window than its allowance, and no other suffers",
          "[shm]") {
    Fixture fixture(4);
    const SharedCounters::Group users{.key = key_of(1'000'000), .limit = 50};
    const auto admit = [&](std::uint64_t number, std::int64_t now, std::int64_t ends_at) {
        return fixture.counters.admit(key_of(number), {.limit = 2, .now = now, .ends_at = ends_at},
                                      &users);
    };
    std::uint64_t admitted = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        admitted += admit(i, kNow, kNow + 60).admitted() ? 1 : 0;
    }
    CHECK(admitted == 50);
    CHECK(admit(1, kNow, kNow + 60).count == 2);
    CHECK(admit(1, kNow, kNow + 60).verdict == Verdict::over);
    CHECK(admit(999, kNow, kNow + 60).verdict == Verdict::full);
    CHECK(fixture.admit(1, kNow, kNow + 60).admitted());
    // The next window has its own allowance, for the users of the one before as well.
    admitted = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        admitted += admit(i, kNow + 60, kNow + 120).admitted() ? 1 : 0;
    }
    CHECK(admitted == 50);
}

TEST_CASE("A counter that finds no place takes nothing of its group's allowance", "[shm]") {
    Fixture fixture(1);
    for (std::uint64_t i = 0; i + 1 < fixture.counters.capacity(); ++i) {
        REQUIRE(fixture.counters.admit(key_of(i), {.limit = 1, .now = kNow, .ends_at = kNow + 60})
                    .admitted());
    }
    const SharedCounters::Group users{.key = key_of(1'000'000), .limit = 5};
    for (int i = 0; i < 20; ++i) {
        CHECK(fixture.counters
                  .admit(key_of(5000), {.limit = 1, .now = kNow, .ends_at = kNow + 60}, &users)
                  .verdict == Verdict::full);
    }
    CHECK(fixture.counters.count(users.key, kNow) == 0);
}

TEST_CASE("Threads that race for a quota get exactly its limit between them", "[shm]") {
    Fixture fixture;
    std::atomic<int> admitted = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 20000; ++n) {
                admitted += fixture.admit(50000, kNow, kNow + 60).admitted() ? 1 : 0;
            }
        });
    }
    threads.clear();
    CHECK(admitted == 50000);
    CHECK(fixture.counters.count(kSite, kNow) == 50000);
}

TEST_CASE("Processes that race for many quotas get exactly the limit of each", "[shm]") {
    constexpr std::uint64_t kSites = 200;
    constexpr std::uint64_t kLimit = 100;
    Fixture fixture(8);
    SharedMemory<std::atomic<std::uint64_t>> admitted(kSites);
    CHECK(race<SharedCounters>({.processes = 4, .rounds = 40000}, fixture.memory.items(),
                               admitted.items(), [](SharedCounters& view, std::uint64_t site) {
                                   return view
                                       .admit({site, site * 31},
                                              {.limit = kLimit, .now = kNow, .ends_at = kNow + 60})
                                       .admitted();
                               }));
    for (const auto& count : admitted.items()) {
        CHECK(count == kLimit);
    }
}

TEST_CASE("Processes that race begin no more counters of a group than its allowance", "[shm]") {
    constexpr std::uint64_t kUsers = 500;
    constexpr std::uint64_t kAllowance = 100;
    Fixture fixture(8);
    SharedMemory<std::atomic<std::uint64_t>> admitted(kUsers);
    CHECK(race<SharedCounters>(
        {.processes = 4, .rounds = 20000}, fixture.memory.items(), admitted.items(),
        [](SharedCounters& view, std::uint64_t user) {
            const SharedCounters::Group group{.key = key_of(1'000'000), .limit = kAllowance};
            return view.admit(key_of(user), {.limit = 3, .now = kNow, .ends_at = kNow + 60}, &group)
                .admitted();
        }));
    std::uint64_t users = 0;
    for (const auto& count : admitted.items()) {
        users += count != 0 ? 1 : 0;
        CHECK(count <= 3);
    }
    CHECK(users == kAllowance);
    CHECK(fixture.counters.count(key_of(1'000'000), kNow) == kAllowance);
}

TEST_CASE("A process killed with a counter's lock in its hand stops nobody", "[shm]") {
    Fixture fixture(1);
    CHECK(fixture.admit(10, kNow, kNow + 60).admitted());
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const StripeLock lock(fixture.memory.items()[0].owner,
                              static_cast<std::uint32_t>(::getpid()));
        ::raise(SIGKILL);
    }
    int status = 0;
    CHECK(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(fixture.memory.items()[0].owner == static_cast<std::uint32_t>(child));

    CHECK(fixture.admit(10, kNow, kNow + 60).count == 2);
    CHECK(fixture.memory.items()[0].owner == 0);
}

TEST_CASE("Processes killed at any moment cost at most the requests they had in hand", "[shm]") {
    constexpr int kKilled = 40;
    Fixture fixture(1);
    SharedMemory<std::atomic<std::uint64_t>> admitted(1);
    for (int i = 0; i < kKilled; ++i) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            for (;;) {
                if (fixture.admit(~std::uint64_t{0}, kNow, kNow + 60).admitted()) {
                    ++admitted.items()[0];
                }
            }
        }
        ::usleep(static_cast<useconds_t>(500 + 97 * i));
        ::kill(child, SIGKILL);
        CHECK(::waitpid(child, nullptr, 0) == child);
    }
    const std::uint64_t counted = fixture.counters.count(kSite, kNow);
    CHECK(counted >= admitted.items()[0]);
    CHECK(counted <= admitted.items()[0] + kKilled);
}
