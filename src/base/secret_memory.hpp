// A bounded memory of secrets that were checked, each with what the check has found: for
// checks that cost much and always end alike for one text.
//
// A secret is looked for by its last characters and compared in constant time, so that
// asking teaches nothing about what is in here (CVE-2024-25189). It is for secrets whose end
// is random, as that of a signature: nobody can then choose whom a new one drives out. Only
// secrets that have passed their check may be remembered: guesses must leave no trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/place_sets.hpp"
#include "base/secret.hpp"

namespace social::base {

template <class Value>
class SecretMemory {
public:
    static constexpr std::size_t kPlaces = 4096;   // secrets that are kept at most
    static constexpr std::size_t kWays = 4;        // of them with one end
    static constexpr std::size_t kLongest = 2048;  // bytes of one that is kept

    // nullptr unless the very same secret was remembered. What is pointed to lives until the
    // next remember().
    [[nodiscard]] const Value* find(std::string_view secret) const noexcept {
        const std::uint64_t mark = mark_of(secret);
        const Place* place = places_.find(spread(mark), is_of(mark, secret));
        return place == nullptr ? nullptr : &place->value;
    }

    // One that is too long, or too short to have a random end, is forgotten at once. What is
    // referred to lives until the next remember().
    const Value& remember(std::string_view secret, Value value) {
        const std::uint64_t mark = mark_of(secret);
        Place& place = places_.take(spread(mark), is_of(mark, secret), [mark](const Place& other) {
            return mark != 0 && other.mark == 0;
        });
        // In this order: without memory for the text, the place must not keep an old one.
        place.mark = 0;
        place.value = std::move(value);
        place.secret = Secret(mark == 0 ? std::string_view() : secret);
        place.mark = mark;
        return place.value;
    }

private:
    struct Place {
        std::uint64_t mark = 0;  // of the secret; 0: nothing is here
        Secret secret;
        Value value{};
    };

    // The last characters; 0, which is no text, where the secret is not kept.
    static std::uint64_t mark_of(std::string_view secret) noexcept {
        std::uint64_t mark = 0;
        if (secret.size() > sizeof(mark) && secret.size() <= kLongest) {
            std::memcpy(&mark, secret.data() + secret.size() - sizeof(mark), sizeof(mark));
        }
        return mark;
    }

    static std::size_t spread(std::uint64_t mark) noexcept {
        constexpr std::uint64_t kSpread = 0x9e37'79b9'7f4a'7c15;  // 2^64 over the golden ratio
        return static_cast<std::size_t>((mark * kSpread) >> 32);
    }

    static auto is_of(std::uint64_t mark, std::string_view secret) noexcept {
        return [mark, secret](const Place& place) {
            return mark != 0 && place.mark == mark && place.secret.equals(secret);
        };
    }

    PlaceSets<Place, kPlaces, kWays> places_;
};

}  // namespace social::base
