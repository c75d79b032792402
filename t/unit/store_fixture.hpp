// Sessions for the tests of the store: each is named by a number, and its key is spread
// like the digest that a real key is.
#pragma once

#include <cstdint>
#include <cstring>

#include "session/record.hpp"

namespace social::store::fixture {

inline constexpr std::int64_t kNow = 1'800'000'000;  // Unix seconds

inline session::StoreKey key_of(std::uint64_t number) {
    number *= 0x9e37'79b9'7f4a'7c15;
    session::StoreKey key{};
    const std::uint64_t words[4] = {number ^ number >> 29, number, ~number, number * 3};
    static_assert(sizeof(words) == sizeof(key));
    std::memcpy(key.data(), words, sizeof(words));
    return key;
}

}  // namespace social::store::fixture
