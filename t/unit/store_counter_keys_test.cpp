#include "store/counter_keys.hpp"

#include <set>
#include <string>
#include "catch.hpp"

using namespace social::store;

TEST_CASE("the key of a counter is the same from memory as anew, however many names there are") {
    CounterKeys keys;
    std::set<CounterKey> different;
    constexpr int kMany = 3 * static_cast<int>(CounterKeys::kPlaces);
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < kMany; ++i) {
            const std::string name = "site " + std::to_string(i);
            REQUIRE(keys.of(name) == counter_key(name));
            REQUIRE(keys.of(name) == counter_key(name));
            different.insert(keys.of(name));
        }
    }
    CHECK(different.size() == kMany);
}

TEST_CASE("a counter without a name, or with a very long one, has a key too") {
    CounterKeys keys;
    CHECK(keys.of("") == counter_key(""));
    for (const std::size_t size : {CounterKeys::kLongest, CounterKeys::kLongest + 1}) {
        const std::string one(size, 'x');
        const std::string other = one.substr(1) + 'y';
        CHECK(keys.of(one) == counter_key(one));
        CHECK(keys.of(other) == counter_key(other));
        CHECK(keys.of(one) != keys.of(other));
    }
}
