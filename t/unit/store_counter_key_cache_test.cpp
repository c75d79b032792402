#include "store/counter_key_cache.hpp"

#include <set>
#include <string>
#include "catch.hpp"

using namespace social::store;

namespace {

constexpr ZoneSeed kSeed{1, 2, 3};

CounterKey counter_key(std::string_view name) {
    return seeded_digest<CounterKey>(kSeed, name);
}

}  // namespace

TEST_CASE("the key of a counter depends on the seed of its zone", "[store]") {
    ZoneSeed other = kSeed;
    other.back() = 1;
    CHECK(seeded_digest<CounterKey>(kSeed, "site 1") == counter_key("site 1"));
    CHECK(seeded_digest<CounterKey>(other, "site 1") != counter_key("site 1"));
}

TEST_CASE("the key of a counter is the same from memory as anew, however many names there are",
          "[store]") {
    CounterKeyCache keys;
    std::set<CounterKey> different;
    constexpr int kMany = 3 * static_cast<int>(CounterKeyCache::kSlots);
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < kMany; ++i) {
            const std::string name = "site " + std::to_string(i);
            REQUIRE(keys.of(kSeed, name) == counter_key(name));
            REQUIRE(keys.of(kSeed, name) == counter_key(name));
            different.insert(keys.of(kSeed, name));
        }
    }
    CHECK(different.size() == kMany);
}

TEST_CASE("a counter without a name, or with a very long one, has a key too", "[store]") {
    CounterKeyCache keys;
    CHECK(keys.of(kSeed, "") == counter_key(""));
    for (const std::size_t size : {CounterKeyCache::kLongest, CounterKeyCache::kLongest + 1}) {
        const std::string one(size, 'x');
        const std::string other = one.substr(1) + 'y';
        CHECK(keys.of(kSeed, one) == counter_key(one));
        CHECK(keys.of(kSeed, other) == counter_key(other));
        CHECK(keys.of(kSeed, one) != keys.of(kSeed, other));
    }
}
