#include "store/shared_counters.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <memory>
#include <new>
#include <random>
#include <thread>
#include <vector>
#include "catch.hpp"

#include "store/stripe_lock.hpp"

using social::store::Admission;
using social::store::CounterKey;
using social::store::SharedCounters;
using social::store::StripeLock;
using Verdict = Admission::Verdict;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;
constexpr CounterKey kSite{0x1234, 0x5678};

// Memory that forked processes share.
template <class T>
class SharedMemory {
public:
    explicit SharedMemory(std::size_t count)
        : size_(count * sizeof(T)),
          memory_(
              ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)),
          items_(static_cast<T*>(memory_), count) {
        REQUIRE(memory_ != MAP_FAILED);
    }
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;
    ~SharedMemory() { ::munmap(memory_, size_); }
    [[nodiscard]] std::span<T> items() const { return items_; }

private:
    std::size_t size_;
    void* memory_;
    std::span<T> items_;
};

struct Fixture {
    explicit Fixture(std::size_t count = 4) : memory(count), counters(memory.items()) {
        counters.format();
    }
    Admission admit(std::uint64_t limit, std::int64_t now, std::int64_t ends_at) {
        return counters.admit(kSite, {.limit = limit, .now = now, .ends_at = ends_at});
    }

    SharedMemory<SharedCounters::Stripe> memory;
    SharedCounters counters;
};

}  // namespace

TEST_CASE("A quota admits exactly its limit, and says how many were counted") {
    Fixture fixture;
    for (std::uint64_t i = 1; i <= 3; ++i) {
        const Admission admission = fixture.admit(3, kNow, kNow + 60);
        CHECK(admission.admitted());
        CHECK(admission.count == i);
    }
    for (int i = 0; i < 5; ++i) {
        const Admission admission = fixture.admit(3, kNow + 59, kNow + 60);
        CHECK(admission.verdict == Verdict::over);
        CHECK(admission.count == 3);  // a refused request is not counted
    }
}

TEST_CASE("A new window begins with its first second and not before") {
    Fixture fixture;
    CHECK(fixture.admit(1, kNow, kNow + 60).admitted());
    CHECK_FALSE(fixture.admit(1, kNow + 59, kNow + 60).admitted());
    CHECK(fixture.admit(1, kNow + 60, kNow + 120).admitted());
    CHECK_FALSE(fixture.admit(1, kNow + 60, kNow + 120).admitted());
    CHECK(fixture.counters.count(kSite, kNow + 119) == 1);
    CHECK(fixture.counters.count(kSite, kNow + 120) == 0);
}

TEST_CASE("A worker whose clock lags at the edge of a window opens no second quota") {
    Fixture fixture;
    CHECK(fixture.admit(2, kNow, kNow + 1).admitted());
    CHECK(fixture.admit(2, kNow + 1, kNow + 86401).admitted());
    CHECK(fixture.admit(2, kNow, kNow + 1).admitted());
    CHECK_FALSE(fixture.admit(2, kNow + 1, kNow + 86401).admitted());
    CHECK_FALSE(fixture.admit(2, kNow, kNow + 1).admitted());
}

TEST_CASE("A counter from a clock that was years ahead does not block for years") {
    Fixture fixture;
    const std::int64_t wrong = kNow + 10LL * 365 * 86400;
    CHECK(fixture.admit(1, wrong, wrong + 3600).admitted());
    CHECK(fixture.admit(1, kNow, kNow + 3600).admitted());
    CHECK_FALSE(fixture.admit(1, kNow, kNow + 3600).admitted());
}

TEST_CASE("A window that is over already still counts") {
    Fixture fixture;
    CHECK(fixture.admit(1, kNow, kNow - 5).admitted());
    CHECK_FALSE(fixture.admit(1, kNow, kNow - 5).admitted());
}

TEST_CASE("A limit of nothing admits nothing") {
    Fixture fixture;
    CHECK(fixture.admit(0, kNow, kNow + 60).verdict == Verdict::over);
}

TEST_CASE("A quota for which there is no counter is not admitted and pushes no other out") {
    Fixture fixture(1);
    for (std::uint64_t i = 0; i < SharedCounters::kPerStripe; ++i) {
        CHECK(fixture.counters.admit({i, i}, {.limit = 1, .now = kNow, .ends_at = kNow + 60})
                  .admitted());
    }
    CHECK(fixture.admit(5, kNow, kNow + 60).verdict == Verdict::full);
    for (std::uint64_t i = 0; i < SharedCounters::kPerStripe; ++i) {
        CHECK(fixture.counters.admit({i, i}, {.limit = 1, .now = kNow, .ends_at = kNow + 60})
                  .verdict == Verdict::over);
    }
    CHECK(fixture.admit(5, kNow + 60, kNow + 120).admitted());
}

TEST_CASE("Guesses over the limit wait until the period of the first one is over") {
    Fixture fixture;
    const auto attempt = [&](std::int64_t now) {
        return fixture.counters.attempt(kSite, {.limit = 3, .now = now, .period = 60});
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

TEST_CASE("A clock that is set back makes nobody wait longer than one period") {
    Fixture fixture;
    CHECK(fixture.counters.attempt(kSite, {.limit = 1, .now = kNow + 90000, .period = 60}).allowed);
    const auto refused = fixture.counters.attempt(kSite, {.limit = 1, .now = kNow, .period = 60});
    CHECK_FALSE(refused.allowed);
    CHECK(refused.retry_after == 60);
}

TEST_CASE("A login that succeeds may forget the guesses before it") {
    Fixture fixture;
    CHECK(fixture.counters.attempt(kSite, {.limit = 1, .now = kNow, .period = 60}).allowed);
    fixture.counters.forget(kSite);
    fixture.counters.forget({9, 9});
    CHECK(fixture.counters.attempt(kSite, {.limit = 1, .now = kNow, .period = 60}).allowed);
    CHECK_FALSE(fixture.counters.attempt(kSite, {.limit = 1, .now = kNow, .period = 60}).allowed);
}

TEST_CASE("Guesses from everywhere forget the oldest counter and lock nobody out") {
    Fixture fixture(1);
    for (std::uint64_t i = 0; i < 1000; ++i) {
        CHECK(fixture.counters
                  .attempt(
                      {i, i},
                      {.limit = 1, .now = kNow + static_cast<std::int64_t>(i / 100), .period = 600})
                  .allowed);
    }
    CHECK_FALSE(
        fixture.counters.attempt({999, 999}, {.limit = 1, .now = kNow + 9, .period = 600}).allowed);
}

TEST_CASE("Threads that race for a quota get exactly its limit between them") {
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

TEST_CASE("Processes that race for many quotas get exactly the limit of each") {
    constexpr std::uint64_t kSites = 200;
    constexpr std::uint64_t kLimit = 100;
    Fixture fixture(8);
    SharedMemory<std::atomic<std::uint64_t>> admitted(kSites);
    std::vector<pid_t> children;
    for (unsigned i = 0; i < 4; ++i) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            std::mt19937_64 random(i);
            SharedCounters view(fixture.memory.items());
            view.in_process(static_cast<std::uint32_t>(::getpid()));
            for (int n = 0; n < 40000; ++n) {
                const std::uint64_t site = random() % kSites;
                const auto result = view.admit(
                    {site, site * 31}, {.limit = kLimit, .now = kNow, .ends_at = kNow + 60});
                admitted.items()[site] += result.admitted() ? 1 : 0;
            }
            ::_exit(0);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = -1;
        CHECK(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
    for (const auto& count : admitted.items()) {
        CHECK(count == kLimit);
    }
}

TEST_CASE("A process killed with a counter's lock in its hand stops nobody") {
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

TEST_CASE("Processes killed at any moment cost at most the requests they had in hand") {
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

TEST_CASE("An attempt that succeeded is taken back, and no more than that") {
    Fixture fixture(1);
    const SharedCounters::Rate rate{.limit = 2, .now = kNow, .period = 60};
    CHECK(fixture.counters.attempt(kSite, rate).allowed);
    CHECK(fixture.counters.attempt(kSite, rate).allowed);
    CHECK_FALSE(fixture.counters.attempt(kSite, rate).allowed);
    fixture.counters.take_back(kSite);
    CHECK(fixture.counters.count(kSite, kNow) == 1);
    CHECK(fixture.counters.attempt(kSite, rate).allowed);
    CHECK_FALSE(fixture.counters.attempt(kSite, rate).allowed);
    for (int i = 0; i < 5; ++i) {
        fixture.counters.take_back(kSite);
    }
    CHECK(fixture.counters.count(kSite, kNow) == 0);
    fixture.counters.forget(kSite);
    fixture.counters.take_back(kSite);
    CHECK(fixture.counters.count(kSite, kNow) == 0);
}
