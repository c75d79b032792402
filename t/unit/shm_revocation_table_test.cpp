#include "shm/revocation_table.hpp"

#include <array>
#include "catch.hpp"

namespace {

using namespace social::store;

constexpr std::uint64_t kNow = 1'000'000;
constexpr std::uint64_t kEnd = kNow + 5000;

struct Fixture {
    std::array<RevocationTable::Bucket, 2> memory{};
    RevocationTable table{memory};
    Fixture() { table.format(); }

    bool begin(std::uint64_t owner, std::uint64_t holder, std::uint64_t now = kNow) {
        return table.begin({.owner = owner, .holder = holder, .now = now, .ends_at = now + 5000});
    }
    bool admit(std::uint64_t owner, std::uint64_t issued_at, std::uint64_t now) {
        return table.admit({.owner = owner, .issued_at = issued_at, .now = now});
    }
};

}  // namespace

TEST_CASE("a revocation has one holder until a session is stored after its end", "[shm]") {
    Fixture fixture;
    CHECK(fixture.begin(7, 1));
    CHECK(fixture.begin(7, 1));
    CHECK_FALSE(fixture.begin(7, 2));
    CHECK(fixture.begin(8, 2));
    fixture.table.end({.owner = 7, .holder = 1, .now = kNow + 10, .ends_at = kNow + 10});
    CHECK_FALSE(fixture.begin(7, 2, kNow + 20));
    CHECK(fixture.admit(7, kNow + 10, kNow + 20));
    CHECK(fixture.begin(7, 2, kNow + 30));
}

TEST_CASE("tokens that may have been issued before the end of a revocation are refused", "[shm]") {
    Fixture fixture;
    CHECK(fixture.admit(7, kNow - 10, kNow));
    REQUIRE(fixture.begin(7, 1));
    CHECK_FALSE(fixture.admit(7, kNow + 1, kNow + 2));
    CHECK(fixture.admit(9, kNow + 1, kNow + 2));
    fixture.table.end({.owner = 7, .holder = 2, .now = kNow + 3, .ends_at = kNow + 3});
    CHECK_FALSE(fixture.admit(7, kNow + 4, kNow + 5));
    fixture.table.end({.owner = 7, .holder = 1, .now = kNow + 3, .ends_at = kNow + 3});
    CHECK_FALSE(fixture.admit(7, kNow + 2, kNow + 5));
    CHECK(fixture.admit(7, kNow + 3, kNow + 5));
}

TEST_CASE("a revocation whose holder died is over at its end, and forgotten a minute later",
          "[shm]") {
    Fixture fixture;
    REQUIRE(fixture.begin(7, 1));
    CHECK_FALSE(fixture.admit(7, kEnd - 1, kEnd + 10));
    CHECK(fixture.admit(7, kEnd, kEnd + 10));
    REQUIRE(fixture.begin(7, 2));
    CHECK_FALSE(fixture.admit(7, kNow, kEnd + RevocationTable::kRetention - 1));
    CHECK(fixture.admit(7, kNow, kEnd + RevocationTable::kRetention));
    CHECK(RevocationTable::kRetention == 60'000);
}

TEST_CASE("a full bucket loses the revocation that ends first", "[shm]") {
    Fixture fixture;
    for (std::uint64_t owner = 0; owner < 10; owner += 2) {
        REQUIRE(fixture.begin(owner, 1, kNow + owner));
    }
    CHECK(fixture.admit(0, kNow, kNow + 20));
    for (std::uint64_t owner = 2; owner < 10; owner += 2) {
        CHECK_FALSE(fixture.admit(owner, kNow, kNow + 20));
    }
}

TEST_CASE("the end of sessions that the provider took back counts, whoever revokes", "[shm]") {
    Fixture fixture;
    fixture.table.set_completed({.owner = 7, .holder = 1, .now = kNow, .ends_at = kNow});
    CHECK_FALSE(fixture.begin(7, 2));
    CHECK_FALSE(fixture.admit(7, kNow - 1, kNow + 1));
    CHECK(fixture.admit(7, kNow, kNow + 1));
}
