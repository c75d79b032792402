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
        const Place* place = mark == 0 ? nullptr : places_.find(mark, is_of(secret));
        return place == nullptr ? nullptr : &place->value;
    }

    // One that is too long, or too short to have a random end, is not kept. What is referred to
    // lives until the next remember().
    const Value& remember(std::string_view secret, Value value) {
        const std::uint64_t mark = mark_of(secret);
        if (mark == 0) {
            not_kept_ = std::move(value);
            return not_kept_;
        }
        return places_
            .put(mark, is_of(secret), {.secret = Secret(secret), .value = std::move(value)})
            .value;
    }

private:
    struct Place {
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

    static auto is_of(std::string_view secret) noexcept {
        return [secret](const Place& place) { return place.secret.equals(secret); };
    }

    PlaceSets<Place, kPlaces, kWays> places_;
    Value not_kept_{};
};

}  // namespace social::base
