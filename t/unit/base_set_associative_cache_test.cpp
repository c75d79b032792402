#include "base/set_associative_cache.hpp"

#include <cstdint>
#include <set>
#include <string>
#include "catch.hpp"

using social::base::SetAssociativeCache;

namespace {

struct Named {
    std::string name;
    int value = 0;
};

constexpr std::size_t kWays = 4;
using Few = SetAssociativeCache<Named, kWays, kWays>;  // one set
using Many = SetAssociativeCache<Named, 1024, kWays>;

auto is(const std::string& name) {
    return [name](const Named& place) { return place.name == name; };
}

}  // namespace

TEST_CASE("an empty cache has no entry", "[base]") {
    const Few places;
    CHECK(places.find(1, is("")) == nullptr);
    CHECK(places.find(0, is("")) == nullptr);
}

TEST_CASE("an entry is found by its hash and key", "[base]") {
    Many places;
    for (std::uint64_t hash = 0; hash < 100; ++hash) {
        const Named& there =
            places.put(hash, is(std::to_string(hash)), {.name = std::to_string(hash), .value = 7});
        CHECK(there.name == std::to_string(hash));
        CHECK(places.find(hash, is(there.name)) == &there);
        CHECK(places.find(hash, is("another")) == nullptr);
    }
}

TEST_CASE("an empty slot is never found, even if the predicate matches it", "[base]") {
    Few places;
    static_cast<void>(places.put(1, is("one"), {.name = "one"}));
    for (std::uint64_t hash = 0; hash < 1000; ++hash) {
        CHECK(places.find(hash, is("")) == nullptr);
    }
}

TEST_CASE("entries with the same hash are distinct and updated in place", "[base]") {
    Few places;
    const Named* one = &places.put(5, is("one"), {.name = "one", .value = 1});
    const Named* two = &places.put(5, is("two"), {.name = "two", .value = 2});
    CHECK(one != two);
    CHECK(places.find(5, is("one")) == one);
    CHECK(places.find(5, is("two")) == two);
    CHECK(&places.put(5, is("one"), {.name = "one", .value = 3}) == one);
    CHECK(one->value == 3);
    CHECK(places.find(5, is("two"))->value == 2);
}

TEST_CASE("a full set evicts its entries in turn", "[base]") {
    Few places;
    for (std::uint64_t hash = 0; hash < kWays; ++hash) {
        places.put(hash, is(std::to_string(hash)), {.name = std::to_string(hash)});
    }
    for (std::uint64_t hash = 0; hash < kWays; ++hash) {
        CHECK(places.find(hash, is(std::to_string(hash))) != nullptr);
    }
    std::set<const Named*> taken;
    for (std::uint64_t hash = kWays; hash < 2 * kWays; ++hash) {
        taken.insert(&places.put(hash, is(std::to_string(hash)), {.name = std::to_string(hash)}));
    }
    CHECK(taken.size() == kWays);
    for (std::uint64_t hash = 0; hash < kWays; ++hash) {
        CHECK(places.find(hash, is(std::to_string(hash))) == nullptr);
        CHECK(places.find(hash + kWays, is(std::to_string(hash + kWays))) != nullptr);
    }
}
