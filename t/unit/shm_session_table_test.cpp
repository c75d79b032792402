#include "shm/session_table.hpp"

#include <array>
#include <cstring>
#include <set>
#include <string>
#include <vector>
#include "catch.hpp"

#include "store_fixture.hpp"

using social::flow::StoredSession;
using social::store::DueSession;
using social::store::Saved;
using social::store::SessionTable;
using social::store::fixture::key_of;
using social::store::fixture::kNow;

namespace {

StoredSession session(std::uint64_t number, std::string sealed = "sealed") {
    return {.key = key_of(number),
            .sealed = std::move(sealed),
            .owner = 0,
            .expires_at = kNow + 86400,
            .refresh_at = 0,
            .generation = 1};
}

struct Fixture {
    explicit Fixture(std::size_t bytes = 64 * 1024)
        : memory(bytes / sizeof(Line)), table(std::as_writable_bytes(std::span(memory))) {
        table.format();
    }
    bool holds(std::uint64_t number, std::int64_t now = kNow) {
        std::string sealed;
        return table.load(key_of(number), now, sealed);
    }
    std::string value(std::uint64_t number) {
        std::string sealed;
        return table.load(key_of(number), kNow, sealed) ? sealed : "none";
    }
    std::vector<std::uint64_t> due(std::int64_t now, std::size_t limit = 100) {
        std::vector<DueSession> out(limit);
        out.resize(table.claim_due({.now = now, .again_at = now + 60}, out));
        std::vector<std::uint64_t> generations;
        for (const auto& each : out) {
            generations.push_back(each.generation);
        }
        return generations;
    }

    struct alignas(64) Line {
        std::byte bytes[64];
    };
    std::vector<Line> memory;
    SessionTable table;
};

}  // namespace

TEST_CASE("A session is found by its key alone, and in its latest form", "[shm]") {
    Fixture fixture;
    CHECK_FALSE(fixture.holds(1));
    CHECK(fixture.table.save(session(1, "first"), kNow) == Saved::stored);
    CHECK(fixture.table.save(session(2, ""), kNow) == Saved::stored);
    CHECK(fixture.value(1) == "first");
    CHECK(fixture.value(2).empty());
    CHECK(fixture.value(3) == "none");
    CHECK(fixture.table.save(session(1, std::string(3000, 'x')), kNow) == Saved::stored);
    CHECK(fixture.value(1) == std::string(3000, 'x'));
    CHECK(fixture.table.statistics().sessions == 2);
}

TEST_CASE("The first bytes of a session are read alone, from more than one block, and are a use",
          "[shm]") {
    Fixture fixture;
    std::string head(300, '?');
    CHECK_FALSE(fixture.table.load_head(key_of(1), kNow, head));
    std::string value;
    for (int i = 0; i < 400; ++i) {
        value += static_cast<char>('a' + i % 26);
    }
    REQUIRE(fixture.table.save(session(1, value), kNow) == Saved::stored);
    REQUIRE(fixture.table.load_head(key_of(1), kNow, head));
    CHECK(head == value.substr(0, 300));
    CHECK_FALSE(fixture.table.load_head(key_of(1), kNow + 86400, head));

    REQUIRE(fixture.table.save(session(1, "short"), kNow) == Saved::stored);
    CHECK_FALSE(fixture.table.load_head(key_of(1), kNow, head));

    for (std::uint64_t number = 2; fixture.table.statistics().evicted == 0; ++number) {
        head.resize(5);
        REQUIRE(fixture.table.load_head(key_of(1), kNow, head));
        REQUIRE(fixture.table.save(session(number), kNow) == Saved::stored);
    }
    CHECK(fixture.holds(1));
    CHECK_FALSE(fixture.holds(2));
}

TEST_CASE("A removed session is gone, and its memory is free again", "[shm]") {
    Fixture fixture;
    CHECK(fixture.table.save(session(1, std::string(1000, 'x')), kNow) == Saved::stored);
    CHECK(fixture.table.statistics().bytes_used > 1000);
    CHECK(fixture.table.remove(key_of(1), kNow));
    CHECK_FALSE(fixture.table.remove(key_of(1), kNow));
    CHECK_FALSE(fixture.holds(1));
    CHECK(fixture.table.statistics().bytes_used == 0);
}

TEST_CASE("A session ends with its last second", "[shm]") {
    Fixture fixture;
    CHECK(fixture.table.save(session(1), kNow) == Saved::stored);
    CHECK(fixture.holds(1, kNow + 86399));
    CHECK_FALSE(fixture.holds(1, kNow + 86400));
    CHECK(fixture.table.statistics().expired == 1);
    CHECK(fixture.table.statistics().bytes_used == 0);

    CHECK(fixture.table.save(session(2), kNow) == Saved::stored);
    CHECK_FALSE(fixture.table.remove(key_of(2), kNow + 86400));
}

TEST_CASE("A refresh replaces only the generation that it read", "[shm]") {
    Fixture fixture;
    CHECK(fixture.table.save(session(1, "old"), kNow) == Saved::stored);
    StoredSession refreshed = session(1, "new");
    refreshed.generation = 2;
    CHECK(fixture.table.replace(refreshed, {.expected = 7, .now = kNow}) == Saved::outdated);
    CHECK(fixture.table.replace(refreshed, {.expected = 1, .now = kNow}) == Saved::stored);
    CHECK(fixture.table.replace(refreshed, {.expected = 1, .now = kNow}) == Saved::outdated);
    CHECK(fixture.value(1) == "new");
}

TEST_CASE("A refresh brings no session back that was removed or has expired", "[shm]") {
    Fixture fixture;
    CHECK(fixture.table.save(session(1), kNow) == Saved::stored);
    CHECK(fixture.table.remove(key_of(1), kNow));
    CHECK(fixture.table.replace(session(1), {.expected = 1, .now = kNow}) == Saved::outdated);
    CHECK_FALSE(fixture.holds(1));

    CHECK(fixture.table.save(session(2), kNow) == Saved::stored);
    CHECK(fixture.table.replace(session(2), {.expected = 1, .now = kNow + 90000}) ==
          Saved::outdated);
}

TEST_CASE("When the table is full the session that was not used for longest goes", "[shm]") {
    Fixture fixture;
    std::uint64_t count = 0;
    while (fixture.table.evicted() == 0) {
        CHECK(fixture.holds(0) == (count > 0));  // session 0 is in use all the time
        CHECK(fixture.table.save(session(count++, std::string(500, 'x')), kNow) == Saved::stored);
    }
    CHECK(fixture.holds(0));
    CHECK_FALSE(fixture.holds(1));
    CHECK(fixture.holds(2));
    CHECK(fixture.table.statistics().sessions == count - 1);
}

TEST_CASE("A background refresh is no use of a session: the least recently read one is evicted",
          "[shm]") {
    constexpr std::uint64_t kIdle = 2;
    Fixture fixture;
    const std::string value(500, 'x');
    std::uint64_t count = 0;
    for (; count < 20; ++count) {
        REQUIRE(fixture.table.save(session(count, value), kNow) == Saved::stored);
    }
    REQUIRE(fixture.holds(0));
    REQUIRE(fixture.holds(1));
    StoredSession refreshed = session(kIdle, value);
    std::string sealed;
    while (fixture.table.evicted() == 0) {
        REQUIRE(fixture.table.peek(key_of(kIdle), kNow, sealed));
        const std::uint64_t expected = refreshed.generation++;
        REQUIRE(fixture.table.replace(refreshed, {.expected = expected, .now = kNow}) ==
                Saved::stored);
        REQUIRE(fixture.table.save(session(count++, value), kNow) == Saved::stored);
    }
    CHECK_FALSE(fixture.table.peek(key_of(kIdle), kNow, sealed));
    CHECK(fixture.table.peek(key_of(kIdle + 1), kNow, sealed));
    CHECK(fixture.table.peek(key_of(0), kNow, sealed));
}

TEST_CASE("A refresh keeps the place of the first, of the last and of the only session", "[shm]") {
    Fixture fixture;
    const auto replaced = [&fixture](std::uint64_t number, std::size_t size) {
        return fixture.table.replace(session(number, std::string(size, 'y')),
                                     {.expected = 1, .now = kNow}) == Saved::stored;
    };
    const auto fill_until_evicted = [&fixture](std::uint64_t number) {
        const std::uint64_t before = fixture.table.evicted();
        while (fixture.table.evicted() == before) {
            REQUIRE(fixture.table.save(session(number++, std::string(500, 'x')), kNow) ==
                    Saved::stored);
        }
    };
    REQUIRE(fixture.table.save(session(1), kNow) == Saved::stored);
    CHECK(replaced(1, 10));
    REQUIRE(fixture.table.save(session(2), kNow) == Saved::stored);
    REQUIRE(fixture.table.save(session(3), kNow) == Saved::stored);
    CHECK(replaced(3, 600));
    CHECK(replaced(1, 600));
    fill_until_evicted(100);
    std::string sealed;
    CHECK_FALSE(fixture.table.peek(key_of(1), kNow, sealed));
    CHECK(fixture.table.peek(key_of(2), kNow, sealed));
    CHECK(fixture.table.peek(key_of(3), kNow, sealed));
}

TEST_CASE("A session that grows in a full table evicts others, and not itself", "[shm]") {
    Fixture fixture;
    std::uint64_t count = 0;
    while (fixture.table.evicted() == 0) {
        REQUIRE(fixture.table.save(session(count++, std::string(500, 'x')), kNow) == Saved::stored);
    }
    const std::uint64_t oldest = 1;  // 0 was evicted
    const std::string grown(5000, 'y');
    REQUIRE(fixture.table.replace(session(oldest, grown), {.expected = 1, .now = kNow}) ==
            Saved::stored);
    CHECK(fixture.table.evicted() > 1);
    std::string sealed;
    CHECK(fixture.table.peek(key_of(oldest), kNow, sealed));
    CHECK(sealed == grown);
    CHECK_FALSE(fixture.table.peek(key_of(oldest + 1), kNow, sealed));
    REQUIRE(fixture.table.save(session(count, grown), kNow) == Saved::stored);
    CHECK_FALSE(fixture.table.peek(key_of(oldest), kNow, sealed));
}

TEST_CASE("Sessions that have expired make room before any live one does", "[shm]") {
    Fixture fixture;
    StoredSession brief = session(0, std::string(500, 'x'));
    std::uint64_t count = 1;
    CHECK(fixture.table.save(session(count, std::string(500, 'x')), kNow) == Saved::stored);
    while (fixture.table.evicted() == 0) {
        brief.key = key_of(++count);
        brief.expires_at = kNow + 100;
        CHECK(fixture.holds(1));
        CHECK(fixture.table.save(brief, kNow) == Saved::stored);
    }
    for (std::uint64_t i = 0; i < 30; ++i) {
        CHECK(fixture.table.save(session(1000 + i, std::string(500, 'x')), kNow + 100) ==
              Saved::stored);
    }
    CHECK(fixture.table.evicted() == 1);
    CHECK(fixture.holds(1));
}

TEST_CASE("A value larger than the table is refused and harms no other session", "[shm]") {
    Fixture fixture;
    CHECK(fixture.table.save(session(1, "small"), kNow) == Saved::stored);
    CHECK(fixture.table.save(session(2, std::string(70000, 'x')), kNow) == Saved::too_large);
    CHECK(fixture.table.save(session(1, std::string(70000, 'x')), kNow) == Saved::too_large);
    CHECK(fixture.value(1) == "small");
    CHECK(fixture.table.evicted() == 0);
}

TEST_CASE("The largest value that fits takes the whole table", "[shm]") {
    Fixture fixture;
    const auto total = fixture.table.statistics().bytes_total / 128;
    const std::string largest((total - 1) * social::store::kBlockPayload, 'x');
    CHECK(fixture.table.save(session(1), kNow) == Saved::stored);
    CHECK(fixture.table.save(session(2, largest), kNow) == Saved::stored);
    CHECK(fixture.value(2) == largest);
    CHECK(fixture.table.save(session(2, largest), kNow) == Saved::stored);
    CHECK(fixture.table.statistics().sessions == 1);
    CHECK(fixture.table.save(session(3, largest + "x"), kNow) == Saved::too_large);
}

TEST_CASE("A session is stored only where a refresh may enlarge it", "[shm]") {
    Fixture fixture;
    const auto total = fixture.table.statistics().bytes_total / 128;
    const std::size_t largest = (total - 1) * social::store::kBlockPayload;
    StoredSession each = session(1, std::string(largest - 5000, 'x'));
    each.may_grow_by = 5001;
    CHECK(fixture.table.save(each, kNow) == Saved::too_large);
    each.may_grow_by = 5000;
    CHECK(fixture.table.save(each, kNow) == Saved::stored);
    each.sealed.append(5000, 'y');
    CHECK(fixture.table.replace(each, {.expected = 1, .now = kNow}) == Saved::stored);
    CHECK(fixture.value(1) == each.sealed);
}

TEST_CASE("A session is removed in the expected generation alone", "[shm]") {
    Fixture fixture;
    CHECK(fixture.table.save(session(1), kNow) == Saved::stored);
    CHECK_FALSE(fixture.table.remove_unchanged(key_of(1), {.expected = 2, .now = kNow}));
    CHECK_FALSE(fixture.table.remove_unchanged(key_of(2), {.expected = 1, .now = kNow}));
    CHECK(fixture.holds(1));
    CHECK(fixture.table.remove_unchanged(key_of(1), {.expected = 1, .now = kNow}));
    CHECK_FALSE(fixture.holds(1));
}

TEST_CASE("All sessions of one user go at once, and nobody else's", "[shm]") {
    Fixture fixture;
    for (std::uint64_t i = 0; i < 60; ++i) {
        StoredSession each = session(i);
        each.owner = i % 3;  // 0 is nobody
        CHECK(fixture.table.save(each, kNow) == Saved::stored);
    }
    CHECK(fixture.table.remove_owner(2, kNow) == 20);
    CHECK(fixture.table.remove_owner(2, kNow) == 0);
    CHECK(fixture.table.remove_owner(0, kNow) == 0);
    CHECK(fixture.table.remove_owner(77, kNow) == 0);
    for (std::uint64_t i = 0; i < 60; ++i) {
        CHECK(fixture.holds(i) == (i % 3 != 2));
    }
    CHECK(fixture.table.remove_owner(1, kNow + 90000) == 0);  // they have expired
    CHECK(fixture.table.statistics().sessions == 20);
}

TEST_CASE("Of many users in few buckets each loses their own sessions alone", "[shm]") {
    constexpr std::uint64_t kUsers = 80;
    Fixture fixture;
    for (std::uint64_t i = 0; i < kUsers; ++i) {
        StoredSession each = session(i);
        each.owner = 1000 + i;
        REQUIRE(fixture.table.save(each, kNow) == Saved::stored);
    }
    REQUIRE(fixture.table.statistics().sessions == kUsers);
    for (std::uint64_t i = 0; i < kUsers; ++i) {
        CHECK(fixture.table.remove_owner(1000 + i, kNow) == 1);
        CHECK(fixture.table.statistics().sessions == kUsers - 1 - i);
    }
}

TEST_CASE("A sweep removes what has expired and no more than it was allowed", "[shm]") {
    Fixture fixture;
    for (std::uint64_t i = 0; i < 50; ++i) {
        StoredSession each = session(i);
        each.expires_at = kNow + static_cast<std::int64_t>(i);
        CHECK(fixture.table.save(each, kNow - 1) == Saved::stored);
    }
    CHECK(fixture.table.sweep(kNow + 29, 20) == 20);
    CHECK(fixture.table.sweep(kNow + 29, 20) == 10);
    CHECK(fixture.table.sweep(kNow + 29, 20) == 0);
    CHECK_FALSE(fixture.holds(29));
    CHECK(fixture.holds(30));
    CHECK(fixture.table.statistics().expired == 30);
}

TEST_CASE("Sessions are due when their tokens want refreshing, the most urgent first", "[shm]") {
    Fixture fixture;
    for (std::uint64_t i = 0; i < 10; ++i) {
        StoredSession each = session(i);
        each.refresh_at = kNow + 100 - static_cast<std::int64_t>(i);
        each.generation = i;
        CHECK(fixture.table.save(each, kNow) == Saved::stored);
    }
    CHECK(fixture.table.save(session(50), kNow) == Saved::stored);  // never due
    CHECK(fixture.due(kNow + 90).empty());
    CHECK(fixture.due(kNow + 95) == std::vector<std::uint64_t>{9, 8, 7, 6, 5});
    CHECK(fixture.due(kNow + 95).empty());  // another worker has them
    CHECK(fixture.due(kNow + 1000, 3) == std::vector<std::uint64_t>{4, 3, 2});
    CHECK(fixture.due(kNow + 1000).size() == 7);
    CHECK(fixture.due(kNow + 1059).empty());
    CHECK(fixture.due(kNow + 1060).size() == 10);  // nobody refreshed them: once more
}

TEST_CASE("A refreshed session is due again at its new time, a removed one never", "[shm]") {
    Fixture fixture;
    StoredSession each = session(1);
    each.refresh_at = kNow;
    CHECK(fixture.table.save(each, kNow) == Saved::stored);
    CHECK(fixture.due(kNow).size() == 1);
    each.generation = 2;
    each.refresh_at = kNow + 5000;
    CHECK(fixture.table.replace(each, {.expected = 1, .now = kNow}) == Saved::stored);
    CHECK(fixture.due(kNow + 4999).empty());
    CHECK(fixture.due(kNow + 5000) == std::vector<std::uint64_t>{2});
    CHECK(fixture.table.remove(key_of(1), kNow));
    CHECK(fixture.due(kNow + 50000).empty());
}

TEST_CASE("A session that has expired is not refreshed, and a lease of no time gives nothing",
          "[shm]") {
    Fixture fixture;
    StoredSession each = session(1);
    each.refresh_at = kNow;
    CHECK(fixture.table.save(each, kNow) == Saved::stored);
    std::vector<DueSession> out(1);
    CHECK(fixture.table.claim_due({.now = kNow, .again_at = kNow}, out) == 0);
    CHECK(fixture.due(kNow + 86400).empty());
    CHECK(fixture.table.statistics().sessions == 0);
}

TEST_CASE("A session names its owner, and an owner has sessions while one of them lives", "[shm]") {
    Fixture fixture;
    for (std::uint64_t i = 1; i <= 3; ++i) {
        StoredSession each = session(i);
        each.owner = i <= 2 ? 7 : 0;
        each.expires_at = kNow + static_cast<std::int64_t>(100 * i);
        REQUIRE(fixture.table.save(each, kNow) == Saved::stored);
    }
    CHECK(fixture.table.owner_of(key_of(1), kNow) == 7);
    CHECK(fixture.table.owner_of(key_of(3), kNow) == 0);
    CHECK(fixture.table.owner_of(key_of(9), kNow) == 0);
    CHECK(fixture.table.has_owner(7, kNow + 99));
    CHECK(fixture.table.has_owner(7, kNow + 199));
    CHECK_FALSE(fixture.table.has_owner(7, kNow + 200));
    CHECK_FALSE(fixture.table.has_owner(0, kNow));
    REQUIRE(fixture.table.remove(key_of(2), kNow));
    CHECK(fixture.table.has_owner(7, kNow));
    CHECK(fixture.table.owner_of(key_of(1), kNow + 100) == 0);
    CHECK_FALSE(fixture.table.has_owner(7, kNow));
    CHECK(fixture.holds(3));
}

TEST_CASE("Owners that share a bucket do not have the sessions of each other", "[shm]") {
    Fixture fixture;
    StoredSession one = session(1);
    one.owner = 1;
    REQUIRE(fixture.table.save(one, kNow) == Saved::stored);
    // Far more owners than buckets.
    for (std::uint64_t owner = 2; owner < 20'000; ++owner) {
        REQUIRE_FALSE(fixture.table.has_owner(owner, kNow));
    }
    CHECK(fixture.table.has_owner(1, kNow));
}

TEST_CASE("The sessions of an owner are removed in portions, and their keys are told", "[shm]") {
    Fixture fixture;
    for (std::uint64_t i = 0; i < 5; ++i) {
        StoredSession each = session(i);
        each.owner = 7;
        REQUIRE(fixture.table.save(each, kNow) == Saved::stored);
    }
    std::array<social::session::StoreKey, 3> keys{};
    std::set<social::session::StoreKey> removed;
    for (const std::uint64_t expected : {3U, 2U, 0U}) {
        const std::uint64_t count = fixture.table.remove_owner(7, kNow, keys);
        CHECK(count == expected);
        removed.insert(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count));
    }
    CHECK(removed.size() == 5);
    for (std::uint64_t i = 0; i < 5; ++i) {
        CHECK(removed.contains(key_of(i)));
        CHECK_FALSE(fixture.holds(i));
    }
}

TEST_CASE("A session is taken out once, in its latest form", "[shm]") {
    Fixture fixture;
    REQUIRE(fixture.table.save(session(1, "first"), kNow) == Saved::stored);
    REQUIRE(fixture.table.save(session(1, "second"), kNow) == Saved::stored);
    std::string sealed;
    CHECK_FALSE(fixture.table.take(key_of(2), kNow, sealed));
    CHECK(fixture.table.take(key_of(1), kNow, sealed));
    CHECK(sealed == "second");
    CHECK_FALSE(fixture.table.take(key_of(1), kNow, sealed));
    CHECK_FALSE(fixture.holds(1));
    REQUIRE(fixture.table.save(session(3), kNow) == Saved::stored);
    CHECK_FALSE(fixture.table.take(key_of(3), kNow + 86400, sealed));
}
