#include "base/keyed_hash.hpp"

#include <cstdint>
#include <set>
#include <string>
#include "catch.hpp"

using namespace social::base;

// CPython 3.11 hashes bytes with SipHash-1-3. PYTHONHASHSEED=0 makes its key zero.
TEST_CASE("the keyed hash is SipHash-1-3 as CPython computes it", "[base]") {
    constexpr HashKey kZero{};
    CHECK(keyed_hash(kZero, {}) == keyed_hash(kZero, ""));
    CHECK(keyed_hash(kZero, "a") == 0x4074'48d2'b89b'1813);
    CHECK(keyed_hash(kZero, "abcdefg") == 0x6db1'2aae'9070'f506);
    CHECK(keyed_hash(kZero, "abcdefgh") == 0x3f7b'849c'0b8e'35ea);
    CHECK(keyed_hash(kZero, "abcdefghijklmnopqrstuvwxyz") == 0x323c'cd2f'd307'09df);
}

TEST_CASE("the keyed hash depends on its key, which is constant in a process", "[base]") {
    CHECK(keyed_hash({1, 2}, "name") != keyed_hash({1, 3}, "name"));
    CHECK(keyed_hash({1, 2}, "name") != keyed_hash({2, 2}, "name"));
    CHECK(keyed_hash("name") == keyed_hash("name"));
    CHECK(keyed_hash("name") != keyed_hash({0, 0}, "name"));
    CHECK(KeyedTextHash{}("name") == keyed_hash("name"));
}

TEST_CASE("the keyed hash depends on the length and on every byte", "[base]") {
    std::set<std::uint64_t> seen;
    for (std::size_t size = 0; size < 40; ++size) {
        seen.insert(keyed_hash(std::string(size, '\0')));
        for (std::size_t at = 0; at < size; ++at) {
            std::string text(size, '\0');
            text[at] = 1;
            seen.insert(keyed_hash(text));
        }
    }
    CHECK(seen.size() == 40 + 39 * 40 / 2);
}

TEST_CASE("a random factor separates numbers that collide under the golden ratio", "[base]") {
    // Multiples of the golden factor's inverse collide in the high bits without a random factor.
    const KeyedSpread fixed;
    const std::uint64_t inverse = [] {
        std::uint64_t guess = 1;
        for (int i = 0; i < 6; ++i) {
            guess *= 2 - 0x9e37'79b9'7f4a'7c15 * guess;
        }
        return guess;
    }();
    std::set<std::uint64_t> unkeyed;
    std::set<std::uint64_t> keyed;
    const KeyedSpread random = KeyedSpread::random();
    for (std::uint64_t i = 0; i < 1000; ++i) {
        unkeyed.insert(fixed(inverse * i) >> 32);
        keyed.insert(random(inverse * i) >> 32);
    }
    CHECK(unkeyed.size() == 1);
    CHECK(keyed.size() > 500);
}
