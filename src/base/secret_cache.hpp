// A bounded cache of verified secrets with the result of their verification, for expensive and
// deterministic checks.
//
// The last characters of a secret select the entry, and are compared in constant time. So the time
// of a lookup reveals nothing about cached secrets (CVE-2024-25189). The end of a secret must be
// random, like that of a signature. Then a client cannot choose which entry is evicted. Insert
// verified secrets only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/secret.hpp"
#include "base/set_associative_cache.hpp"

namespace social::base {

template <class Value>
class SecretCache {
public:
    static constexpr std::size_t kSlots = 4096;    // entries
    static constexpr std::size_t kWays = 4;        // entries per set
    static constexpr std::size_t kMac = 16;        // bytes; 96 random bits of base64url
    static constexpr std::size_t kMaxSize = 2048;  // bytes; longer secrets are not cached

    // Returns nullptr on a miss. The value lives until the next put().
    [[nodiscard]] const Value* find(std::string_view secret) const noexcept {
        const std::uint64_t hash = hash_of(secret);
        const Slot* slot = hash == 0 ? nullptr : slots_.find(hash, holds(secret));
        return slot == nullptr ? nullptr : &slot->value;
    }

    // Returns the value, which lives until the next put(). Secrets of less than kMac
    // or more than kMaxSize bytes are not cached.
    const Value& put(std::string_view secret, Value value) {
        const std::uint64_t hash = hash_of(secret);
        if (hash == 0) {
            uncached_ = std::move(value);
            return uncached_;
        }
        return slots_
            .put(hash, holds(secret), {.secret = Secret(secret), .value = std::move(value)})
            .value;
    }

private:
    struct Slot {
        Secret secret;
        Value value{};
    };

    // Returns the last eight characters, or 0 if the secret is not cached.
    static std::uint64_t hash_of(std::string_view secret) noexcept {
        std::uint64_t hash = 0;
        if (secret.size() >= kMac && secret.size() <= kMaxSize) {
            std::memcpy(&hash, secret.data() + secret.size() - sizeof(hash), sizeof(hash));
        }
        return hash;
    }

    // Compares the last kMac bytes at once, and the rest only if they are equal. A client that can
    // make them equal has the secret already.
    static auto holds(std::string_view secret) noexcept {
        return [secret](const Slot& slot) {
            const std::string_view stored = slot.secret.reveal();
            return stored.size() == secret.size() && has_same_mac(stored, secret) &&
                   stored == secret;
        };
    }

    // Both have kMac bytes or more.
    static bool has_same_mac(std::string_view a, std::string_view b) noexcept {
        std::array<std::uint64_t, 2> left;
        std::array<std::uint64_t, 2> right;
        static_assert(sizeof(left) == kMac);
        std::memcpy(left.data(), a.data() + a.size() - kMac, kMac);
        std::memcpy(right.data(), b.data() + b.size() - kMac, kMac);
        return ((left[0] ^ right[0]) | (left[1] ^ right[1])) == 0;
    }

    SetAssociativeCache<Slot, kSlots, kWays> slots_;
    Value uncached_{};
};

}  // namespace social::base
