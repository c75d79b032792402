#include "store/once_set.hpp"

#include <cstring>
#include <random>
#include <set>
#include <vector>
#include "catch.hpp"

using social::store::OnceKey;
using social::store::OnceSet;
using social::store::Spent;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;

class Keys {
public:
    OnceKey next() {
        const std::uint64_t halves[2] = {random_(), random_()};
        OnceKey key;
        std::memcpy(key.data(), halves, sizeof(key));
        return key;
    }

private:
    std::mt19937_64 random_{42};
};

struct Fixture {
    explicit Fixture(std::size_t count) : buckets(count), set(buckets) { set.format(); }
    Spent spend(const OnceKey& key, std::int64_t now, std::int64_t ttl = 600) {
        return set.spend(key, {.now = now, .expires_at = now + ttl});
    }

    std::vector<OnceSet::Bucket> buckets;
    OnceSet set;
};

}  // namespace

TEST_CASE("A login can be finished once, however often it is tried") {
    Fixture fixture(64);
    Keys keys;
    const OnceKey key = keys.next();
    CHECK(fixture.spend(key, kNow) == Spent::first);
    CHECK(fixture.spend(key, kNow) == Spent::again);
    CHECK(fixture.spend(key, kNow + 599) == Spent::again);
    CHECK(fixture.set.used(kNow + 599) == 1);
}

TEST_CASE("A used value is remembered until its time, which a second try does not lengthen") {
    Fixture fixture(64);
    Keys keys;
    const OnceKey key = keys.next();
    CHECK(fixture.spend(key, kNow) == Spent::first);
    CHECK(fixture.spend(key, kNow + 300) == Spent::again);
    CHECK(fixture.set.used(kNow + 600) == 0);
    CHECK(fixture.spend(key, kNow + 600) == Spent::first);
}

TEST_CASE("When every place is taken a login is put off, and no used one is forgotten") {
    Fixture fixture(4);
    Keys keys;
    std::vector<OnceKey> used;
    std::size_t refused = 0;
    while (refused < 200) {
        const OnceKey key = keys.next();
        switch (fixture.spend(key, kNow)) {
            case Spent::first:
                used.push_back(key);
                break;
            case Spent::full:
                ++refused;
                break;
            case Spent::again:
                FAIL("two random values collide");
        }
    }
    CHECK(used.size() == fixture.set.capacity());
    for (const OnceKey& key : used) {
        CHECK(fixture.spend(key, kNow + 1) == Spent::again);
    }
    CHECK(fixture.spend(keys.next(), kNow + 600) == Spent::first);
}

TEST_CASE("Seven places in ten of a large set are used before the first login is put off") {
    Fixture fixture(8192);
    Keys keys;
    std::size_t used = 0;
    while (fixture.spend(keys.next(), kNow) == Spent::first) {
        ++used;
    }
    CHECK(fixture.set.capacity() == 65536);
    CHECK(used > 65536 * 7 / 10);
    CHECK(fixture.set.used(kNow) == used);
}

TEST_CASE("Logins come and go for a day without filling the set") {
    Fixture fixture(128);
    Keys keys;
    std::vector<OnceKey> recent;
    for (std::int64_t now = kNow; now < kNow + 86400; ++now) {
        const OnceKey key = keys.next();
        REQUIRE(fixture.spend(key, now) == Spent::first);
        recent.push_back(key);
        if (recent.size() > 599) {
            const auto& old = recent[recent.size() - 599];
            REQUIRE(fixture.spend(old, now) == Spent::again);
        }
    }
}

TEST_CASE("An expiry beyond what a place can hold is the latest it can hold") {
    Fixture fixture(4);
    Keys keys;
    const OnceKey key = keys.next();
    CHECK(fixture.set.spend(key, {.now = kNow, .expires_at = std::int64_t{1} << 40}) ==
          Spent::first);
    CHECK(fixture.spend(key, kNow + 1'000'000'000) == Spent::again);
}
