// A keyed hash for tables with client-supplied keys. Without the key, a client cannot construct
// collisions that slow down a table or evict entries (Crosby and Wallach, 2003).
//
// The function is SipHash-1-3 (Aumasson and Bernstein, 2012), as in CPython and Rust. std::hash has
// no key, and the seed of its MurmurHash does not prevent collisions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace social::base {

using HashKey = std::array<std::uint64_t, 2>;

[[nodiscard]] std::uint64_t keyed_hash(const HashKey& key, std::string_view text) noexcept;

// Uses a random key that a process and its children share. The first call may throw as
// fill_random() does.
[[nodiscard]] std::uint64_t keyed_hash(std::string_view text);

// Transparent hash for maps with client-supplied keys: look up a std::string by string_view.
struct KeyedTextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return keyed_hash(text); }
};

// Mixes a client-supplied number: multiplicative hashing with a random odd factor. The high bits of
// any two numbers rarely collide (Dietzfelbinger et al., 1997).
class KeyedSpread {
public:
    // Throws as fill_random() does.
    [[nodiscard]] static KeyedSpread random();

    [[nodiscard]] std::uint64_t operator()(std::uint64_t number) const noexcept {
        return number * factor_;
    }

private:
    std::uint64_t factor_ = 0x9e37'79b9'7f4a'7c15;  // 2^64 divided by the golden ratio
};

}  // namespace social::base
