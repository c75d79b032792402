// The repair of an index whose entries are not what they should be: each kind of damage costs the
// session that it is in, and no other.
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "shm/session_index.hpp"
#include "shm/session_table.hpp"
#include "store_fixture.hpp"

namespace {

using namespace social::store;
using fixture::key_of;
using fixture::kNow;
using social::flow::StoredSession;

constexpr std::uint64_t kSessions = 5;
constexpr std::size_t kBytes = 3 * kBlockPayload;  // of a value, so that a chain has four blocks
constexpr Index kChain = 4;

struct Table {
    Table() : table(bytes()), index(bytes()) {
        table.format();
        for (std::uint64_t i = 0; i < kSessions; ++i) {
            StoredSession session;
            session.key = key_of(i);
            session.sealed = value(i);
            session.owner = 7;
            session.expires_at = kNow + 100;
            session.refresh_at = kNow + 50;
            session.generation = i;
            REQUIRE(table.save(session, kNow) == Saved::stored);
        }
    }
    std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(memory)); }
    static std::string value(std::uint64_t number) {
        return std::string(kBytes, static_cast<char>('a' + number));
    }
    bool holds(std::uint64_t number) {
        std::string sealed;
        return table.load(key_of(number), kNow, sealed) && sealed == value(number);
    }
    TableEntry& entry(std::uint64_t number) { return index[index.find(key_of(number))]; }
    Index block(std::uint64_t number, Index at) {
        Index found = index.find(key_of(number));
        for (Index i = 0; i < at; ++i) {
            found = index.pool().next(found);
        }
        return found;
    }
    void set_next(Index block, Index next) {
        std::memcpy(index.pool().payload(block) + kBlockPayload, &next, sizeof(next));
    }
    bool repair() {
        index.state().changing = 1;
        return table.recover();
    }

    struct alignas(64) Line {
        std::byte bytes[64];
    };
    std::vector<Line> memory{1024};
    SessionTable table;
    SessionIndex index;
};

// After `damage` to session 2 and a repair.
void loses_session_2(const std::function<void(Table&)>& damage) {
    Table t;
    damage(t);
    REQUIRE(t.repair());
    for (std::uint64_t i = 0; i < kSessions; ++i) {
        INFO("session " << i);
        CHECK(t.holds(i) == (i != 2));
    }
    const TableStatistics statistics = t.table.statistics();
    CHECK(statistics.sessions == kSessions - 1);
    CHECK(statistics.lost == 1);
    CHECK(statistics.repaired == 1);
    CHECK(statistics.bytes_used == (kSessions - 1) * kChain * sizeof(Block));
    // All that is free is handed out, once.
    const Index free = t.index.pool().free();
    const auto all = t.index.pool().allocate(free);
    REQUIRE(all);
    std::vector<bool> seen(t.index.pool().total());
    Index block = all->first;
    for (Index i = 0; i < free; ++i) {
        REQUIRE(t.index.pool().contains(block));
        CHECK_FALSE(seen[block]);
        seen[block] = true;
        block = t.index.pool().next(block);
    }
    for (std::uint64_t i = 0; i < kSessions; ++i) {
        CHECK(t.holds(i) == (i != 2));
    }
}

}  // namespace

TEST_CASE("a repair of an index that is whole loses nothing", "[shm]") {
    Table t;
    CHECK_FALSE(t.table.recover());
    REQUIRE(t.repair());
    for (std::uint64_t i = 0; i < kSessions; ++i) {
        CHECK(t.holds(i));
        CHECK(t.entry(i).last == t.block(i, kChain - 1));
    }
    CHECK(t.table.statistics().lost == 0);
    CHECK(t.table.remove_owner(7, kNow) == kSessions);
    CHECK(t.table.statistics().bytes_used == 0);
}

TEST_CASE("a repair drops a session whose chain ends in another block than it says", "[shm]") {
    loses_session_2([](Table& t) { t.entry(2).last = t.block(2, 2); });
    loses_session_2([](Table& t) { t.entry(2).last = t.block(3, 3); });
    loses_session_2([](Table& t) { t.entry(2).last = kNone; });
}

TEST_CASE("a repair drops a session whose chain strays", "[shm]") {
    loses_session_2([](Table& t) { t.set_next(t.block(2, 1), kNone); });
    loses_session_2([](Table& t) { t.set_next(t.block(2, 1), t.index.pool().total()); });
    loses_session_2([](Table& t) { t.set_next(t.block(2, 1), t.index.pool().fresh()); });
    // Into a session that was found before, and back to its own begin.
    loses_session_2([](Table& t) {
        t.set_next(t.block(2, 1), t.block(1, 2));
        t.entry(2).last = t.block(1, 3);
    });
    loses_session_2([](Table& t) {
        const Index begin = t.block(2, 0);
        t.set_next(t.block(2, 1), begin);
        t.entry(2).last = t.block(2, 1);
    });
}

TEST_CASE("a repair drops a session of another length than its chain", "[shm]") {
    loses_session_2([](Table& t) { t.entry(2).size = 0xffff'ffff; });
    loses_session_2([](Table& t) { t.entry(2).size += 1; });
    loses_session_2([](Table& t) { t.entry(2).size -= std::uint32_t{kBlockPayload}; });
}
