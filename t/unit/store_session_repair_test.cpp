#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <random>
#include <string>
#include <vector>
#include "catch.hpp"

#include "shm/session_table.hpp"
#include "shm/stripe_lock.hpp"
#include "store_fixture.hpp"

using social::flow::StoredSession;
using social::store::DueSession;
using social::store::Saved;
using social::store::SessionTable;
using social::store::StripeLock;
using social::store::TableState;
using social::store::fixture::key_of;
using social::store::fixture::kNow;

namespace {

StoredSession session(std::uint64_t number, std::size_t size) {
    return {.key = key_of(number),
            .sealed = std::string(size, static_cast<char>('a' + number % 26)),
            .owner = 1 + number % 7,
            .expires_at = kNow + 1000 + static_cast<std::int64_t>(number % 100),
            .refresh_at = number % 2 == 0 ? 0 : kNow + 500,
            .generation = number};
}

// A table and its lock in memory that forked processes share.
struct Shared {
    static constexpr std::size_t kSize = 1 << 20;

    Shared()
        : memory(static_cast<std::byte*>(
              ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))),
          lock(*new(memory) std::atomic<std::uint32_t>(0)),
          done(*new(memory + sizeof(lock)) std::atomic<std::uint32_t>(0)),
          table({memory + 64, kSize - 64}) {
        table.format();
    }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { ::munmap(memory, kSize); }

    template <class Work>
    auto locked(Work work) {
        const StripeLock held(lock, static_cast<std::uint32_t>(::getpid()));
        table.recover();
        return work(table);
    }

    std::byte* memory;
    std::atomic<std::uint32_t>& lock;
    std::atomic<std::uint32_t>& done;  // operations, of all processes
    SessionTable table;
};

[[noreturn]] void change_for_ever(Shared& shared, unsigned seed) {
    std::mt19937_64 random(seed);
    std::string sealed;
    for (;;) {
        const std::uint64_t stable = random() % 100;
        const std::uint64_t other = 1000 + random() % 50;
        shared.locked([&](SessionTable& table) {
            switch (random() % 4) {
                case 0:
                    static_cast<void>(table.load(key_of(stable), kNow, sealed));
                    break;
                case 1:
                    table.remove(key_of(other), kNow);
                    break;
                default:
                    static_cast<void>(table.save(session(other, random() % 3000), kNow));
            }
            return 0;
        });
        ++shared.done;
    }
}

}  // namespace

TEST_CASE("A process killed at any moment loses no session but the one it was changing",
          "[store]") {
    Shared shared;
    for (std::uint64_t i = 0; i < 100; ++i) {
        REQUIRE(shared.table.save(session(i, 1200), kNow) == Saved::stored);
    }
    // How often a kill meets a change is chance: enough rounds to have met some.
    const auto met = [&] { return shared.table.statistics().repaired; };
    for (unsigned round = 0; round < 150 || (met() <= 5 && round < 10'000); ++round) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            change_for_ever(shared, round);
        }
        const std::uint32_t before = shared.done;
        while (shared.done - before < 100) {
            ::usleep(50);
        }
        ::usleep(static_cast<useconds_t>((round * 37) % 400));
        ::kill(child, SIGKILL);
        REQUIRE(::waitpid(child, nullptr, 0) == child);

        shared.locked([&](SessionTable& table) {
            for (std::uint64_t i = 0; i < 100; ++i) {
                std::string sealed;
                REQUIRE(table.load(key_of(i), kNow, sealed));
                REQUIRE(sealed == session(i, 1200).sealed);
            }
            for (std::uint64_t i = 1000; i < 1050; ++i) {
                std::string sealed;
                if (table.load(key_of(i), kNow, sealed)) {
                    REQUIRE(sealed == std::string(sealed.size(), static_cast<char>('a' + i % 26)));
                }
            }
            return 0;
        });
    }
    const auto statistics = shared.table.statistics();
    CHECK(statistics.evicted == 0);
    CHECK(statistics.repaired > 5);  // some were killed in the middle of a change
    CHECK(statistics.lost <= statistics.repaired);

    // Not one block has leaked: with every session gone all memory is free.
    for (std::uint64_t owner = 1; owner <= 7; ++owner) {
        shared.table.remove_owner(owner, kNow);
    }
    CHECK(shared.table.statistics().sessions == 0);
    CHECK(shared.table.statistics().bytes_used == 0);
}

TEST_CASE("Processes that change the table at the same time lose nothing", "[store]") {
    Shared shared;
    std::vector<pid_t> children;
    for (std::uint64_t worker = 0; worker < 4; ++worker) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            int wrong = 0;
            for (std::uint64_t i = 0; i < 20000; ++i) {
                const std::uint64_t number = worker * 1000 + i % 50;
                std::string sealed;
                const auto entry = session(number, 100 + i % 2000);
                shared.locked([&](SessionTable& table) { return table.save(entry, kNow); });
                const bool there = shared.locked(
                    [&](SessionTable& table) { return table.load(entry.key, kNow, sealed); });
                wrong += there && sealed == entry.sealed ? 0 : 1;
            }
            ::_exit(wrong == 0 ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = -1;
        CHECK(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
    CHECK(shared.table.statistics().sessions == 200);
    CHECK(shared.table.statistics().repaired == 0);
}

TEST_CASE("A repair keeps owners, expiry and refresh times", "[store]") {
    Shared shared;
    for (std::uint64_t i = 0; i < 200; ++i) {
        REQUIRE(shared.table.save(session(i, 700), kNow) == Saved::stored);
    }
    CHECK(shared.table.remove(key_of(0), kNow));
    reinterpret_cast<TableState*>(shared.memory + 64)->changing = 1;
    CHECK(shared.table.recover());
    CHECK_FALSE(shared.table.recover());

    const auto statistics = shared.table.statistics();
    CHECK(statistics.sessions == 199);
    CHECK(statistics.lost == 0);
    CHECK(statistics.bytes_used == 199 * 7 * 128);
    CHECK(shared.table.remove_owner(2, kNow) == 29);
    std::vector<DueSession> due(200);
    CHECK(shared.table.claim_due({.now = kNow + 500, .again_at = kNow + 600}, due) == 85);
    CHECK(shared.table.sweep(kNow + 1000, 1000) == 1);  // 0 and 100 expire then; 0 is gone
    CHECK(shared.table.replace(session(5, 10), {.expected = 5, .now = kNow}) == Saved::stored);
}

TEST_CASE("Memory that was written over neither loops nor crashes, and works again after a repair",
          "[store]") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        constexpr std::size_t kSize = 32 * 1024;
        struct alignas(64) Line {
            std::byte bytes[64];
        };
        std::vector<Line> memory(kSize / sizeof(Line));
        const auto bytes = std::as_writable_bytes(std::span(memory));
        SessionTable table(bytes);
        table.format();
        std::mt19937_64 random(seed);
        const auto work = [&](int operations) {
            for (int i = 0; i < operations; ++i) {
                const std::uint64_t number = random() % 60;
                const std::int64_t now = kNow + static_cast<std::int64_t>(random() % 1200);
                std::string sealed;
                std::vector<DueSession> due(3);
                table.recover();
                switch (random() % 6) {
                    case 0:
                        static_cast<void>(table.load(key_of(number), now, sealed));
                        break;
                    case 1:
                        table.remove(key_of(number), now);
                        break;
                    case 2:
                        table.remove_owner(1 + number % 7, now);
                        break;
                    case 3:
                        static_cast<void>(table.claim_due({.now = now, .again_at = now + 9}, due));
                        break;
                    default:
                        static_cast<void>(table.save(session(number, random() % 1500), now));
                }
            }
        };
        work(200);
        for (int i = 0; i < 40; ++i) {
            const std::size_t at = random() % (bytes.size() - 4) & ~std::size_t{3};
            const auto value =
                static_cast<std::uint32_t>(random() % 3 == 0 ? random() : random() % 300);
            std::memcpy(bytes.data() + at, &value, sizeof(value));
            work(20);
        }
        reinterpret_cast<TableState*>(bytes.data())->changing = 1;
        CHECK(table.recover());
        REQUIRE(table.save(session(999, 1400), kNow) == Saved::stored);
        std::string sealed;
        REQUIRE(table.load(key_of(999), kNow, sealed));
        CHECK(sealed == session(999, 1400).sealed);
    }
}
