#include "shm/lease_table.hpp"

#include <vector>
#include "catch.hpp"

using social::store::LeaseKey;
using social::store::LeaseTable;

namespace {

struct Table {
    explicit Table(std::size_t buckets) : memory(buckets), leases(memory) { leases.format(); }
    std::vector<LeaseTable::Bucket> memory;
    LeaseTable leases;
};

LeaseKey key_of(std::uint64_t number) {
    return {number * 0x9e37'79b9'7f4a'7c15, number * 0xbf58'476d'1ce4'e5b9 + 1};
}

}  // namespace

TEST_CASE("A lease has one holder until its time is over", "[shm]") {
    Table table(4);
    CHECK(table.leases.claim(key_of(1), {.holder = 7, .now = 100, .ends_at = 200}));
    CHECK_FALSE(table.leases.claim(key_of(1), {.holder = 8, .now = 199, .ends_at = 300}));
    CHECK(table.leases.claim(key_of(2), {.holder = 8, .now = 199, .ends_at = 300}));
    CHECK(table.leases.claim(key_of(1), {.holder = 8, .now = 200, .ends_at = 300}));
    CHECK_FALSE(table.leases.claim(key_of(1), {.holder = 7, .now = 201, .ends_at = 301}));
}

TEST_CASE("A table that is formatted has no leases, whatever its memory held", "[shm]") {
    Table table(1);
    for (std::uint64_t i = 1; i <= table.leases.capacity(); ++i) {
        REQUIRE(table.leases.claim(key_of(i), {.holder = i, .now = 100, .ends_at = 200}));
    }
    table.leases.format();
    CHECK(table.leases.claim(key_of(1), {.holder = 9, .now = 100, .ends_at = 200}));
    CHECK(table.leases.claim(key_of(1000), {.holder = 9, .now = 100, .ends_at = 200}));
}

TEST_CASE("The holder of a lease can renew it", "[shm]") {
    Table table(4);
    CHECK(table.leases.claim(key_of(1), {.holder = 7, .now = 100, .ends_at = 200}));
    CHECK(table.leases.claim(key_of(1), {.holder = 7, .now = 150, .ends_at = 250}));
    CHECK_FALSE(table.leases.claim(key_of(1), {.holder = 8, .now = 249, .ends_at = 400}));
}

TEST_CASE("A lease that is given back is free, and only its holder gives it back", "[shm]") {
    Table table(4);
    CHECK(table.leases.claim(key_of(1), {.holder = 7, .now = 100, .ends_at = 200}));
    table.leases.release(key_of(1), 8);
    CHECK_FALSE(table.leases.claim(key_of(1), {.holder = 8, .now = 101, .ends_at = 200}));
    table.leases.release(key_of(1), 7);
    CHECK(table.leases.claim(key_of(1), {.holder = 8, .now = 101, .ends_at = 200}));
    table.leases.release(key_of(3), 8);
}

TEST_CASE("A full table has no lease for anybody else, until one runs out", "[shm]") {
    Table table(1);
    std::uint64_t held = 0;
    for (std::uint64_t i = 1; i <= 100; ++i) {
        held += table.leases.claim(key_of(i), {.holder = i, .now = 100, .ends_at = 200}) ? 1 : 0;
    }
    CHECK(held == table.leases.capacity());
    CHECK_FALSE(table.leases.claim(key_of(1000), {.holder = 1, .now = 199, .ends_at = 300}));
    CHECK(table.leases.claim(key_of(1), {.holder = 1, .now = 199, .ends_at = 300}));
    CHECK(table.leases.claim(key_of(1000), {.holder = 1, .now = 200, .ends_at = 300}));
}

TEST_CASE("Most places of the table are in use before a lease is refused", "[shm]") {
    Table table(128);
    std::uint64_t held = 0;
    while (table.leases.claim(key_of(held + 1), {.holder = 1, .now = 100, .ends_at = 200})) {
        ++held;
    }
    CHECK(held > table.leases.capacity() / 2);
}

TEST_CASE("A process that died in the middle of a claim leaves nobody with the lease", "[shm]") {
    Table table(1);
    LeaseTable::Slot& place = table.memory[0].slots[0];
    place.key = key_of(1);
    place.holder = 7;
    place.ends_at = 0;
    CHECK(table.leases.claim(key_of(1), {.holder = 8, .now = 100, .ends_at = 200}));
    CHECK_FALSE(table.leases.claim(key_of(1), {.holder = 7, .now = 100, .ends_at = 200}));
}
