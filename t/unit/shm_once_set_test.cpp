#include "shm/once_set.hpp"

#include <cstring>
#include <random>
#include <set>
#include <vector>
#include "catch.hpp"

using social::store::OnceKey;
using social::store::OnceSet;

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
    bool consume(const OnceKey& key, std::int64_t now, std::int64_t ttl = 600) {
        return set.consume(key, {.now = now, .expires_at = now + ttl});
    }

    std::vector<OnceSet::Bucket> buckets;
    OnceSet set;
};

}  // namespace

TEST_CASE("A login can be finished once, however often it is tried", "[shm]") {
    Fixture fixture(64);
    Keys keys;
    const OnceKey key = keys.next();
    CHECK(fixture.consume(key, kNow));
    CHECK_FALSE(fixture.consume(key, kNow));
    CHECK_FALSE(fixture.consume(key, kNow + 599));
    CHECK(fixture.set.used(kNow + 599) == 1);
}

TEST_CASE("A set that is formatted has used values no more", "[shm]") {
    Fixture fixture(4);
    Keys keys;
    const OnceKey key = keys.next();
    REQUIRE(fixture.consume(key, kNow));
    fixture.set.format();
    CHECK(fixture.set.used(kNow) == 0);
    CHECK(fixture.consume(key, kNow));
}

TEST_CASE("A used value is remembered until its time, which a second try does not lengthen",
          "[shm]") {
    Fixture fixture(64);
    Keys keys;
    const OnceKey key = keys.next();
    CHECK(fixture.consume(key, kNow));
    CHECK_FALSE(fixture.consume(key, kNow + 300));
    CHECK(fixture.set.used(kNow + 600) == 0);
    CHECK(fixture.consume(key, kNow + 600));
}

TEST_CASE("A set that is full admits further logins, and replaces the value that expires first",
          "[shm]") {
    Fixture fixture(1);
    Keys keys;
    std::vector<OnceKey> used;
    for (std::size_t i = 0; i < OnceSet::kPlaces; ++i) {
        used.push_back(keys.next());
        // The fourth expires first, then the third, and so on.
        const std::int64_t ttl = i < 4 ? 100 - static_cast<std::int64_t>(i) : 600;
        REQUIRE(fixture.consume(used.back(), kNow, ttl));
    }
    for (std::size_t i = 4; i-- > 0;) {
        REQUIRE(fixture.consume(keys.next(), kNow));
        for (std::size_t other = 0; other < used.size(); ++other) {
            if (other < i || other >= 4) {
                INFO(i << " made room, " << other);
                CHECK_FALSE(fixture.consume(used[other], kNow));
            }
        }
    }
    CHECK(fixture.set.used(kNow) == OnceSet::kPlaces);
}

TEST_CASE("A flood of used logins refuses no other login, and keeps those that were used last",
          "[shm]") {
    Fixture fixture(64);
    Keys keys;
    std::int64_t now = kNow;
    for (std::size_t i = 0; i < 20 * fixture.set.capacity(); ++i) {
        now += i % fixture.set.capacity() == 0 ? 1 : 0;
        REQUIRE(fixture.consume(keys.next(), now));
    }
    CHECK(fixture.set.used(now) == fixture.set.capacity());
    std::vector<OnceKey> recent;
    for (std::size_t i = 0; i < fixture.set.capacity() / 4; ++i) {
        recent.push_back(keys.next());
        REQUIRE(fixture.consume(recent.back(), now + 1));
    }
    for (const OnceKey& key : recent) {
        CHECK_FALSE(fixture.consume(key, now + 1));
    }
}

TEST_CASE("Of values that expire together, a full set does not always replace the latest",
          "[shm]") {
    Fixture fixture(1);
    Keys keys;
    std::vector<OnceKey> used;
    for (int i = 0; i < 200; ++i) {
        used.push_back(keys.next());
        REQUIRE(fixture.consume(used.back(), kNow));
    }
    std::size_t recent = 0;
    for (std::size_t i = used.size() - OnceSet::kPlaces; i < used.size(); ++i) {
        recent += fixture.consume(used[i], kNow) ? 0 : 1;
    }
    CHECK(recent > 1);  // 1 where the same place always makes room
}

TEST_CASE("Seven places in ten of a large set are used before the first value is replaced",
          "[shm]") {
    Fixture fixture(8192);
    Keys keys;
    std::size_t used = 0;
    while (fixture.set.used(kNow) == used) {
        for (int i = 0; i < 64; ++i, ++used) {
            REQUIRE(fixture.consume(keys.next(), kNow));
        }
    }
    CHECK(fixture.set.capacity() == 65536);
    CHECK(used > 65536 * 7 / 10);
}

TEST_CASE("Logins come and go for a day without filling the set", "[shm]") {
    Fixture fixture(128);
    Keys keys;
    std::vector<OnceKey> recent;
    for (std::int64_t now = kNow; now < kNow + 86400; ++now) {
        const OnceKey key = keys.next();
        REQUIRE(fixture.consume(key, now));
        recent.push_back(key);
        if (recent.size() > 599) {
            const auto& old = recent[recent.size() - 599];
            REQUIRE_FALSE(fixture.consume(old, now));
        }
    }
}

TEST_CASE("An expiry beyond what a place can hold is the latest it can hold", "[shm]") {
    Fixture fixture(4);
    Keys keys;
    const OnceKey key = keys.next();
    CHECK(fixture.set.consume(key, {.now = kNow, .expires_at = std::int64_t{1} << 40}));
    CHECK_FALSE(fixture.consume(key, kNow + 1'000'000'000));
}
