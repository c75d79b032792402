// A hash of text that clients choose, for tables in memory. Without the key nobody can choose texts
// that collide, and so slow a table down or evict an entry of somebody else (Crosby and Wallach,
// 2003).
//
// SipHash (Aumasson and Bernstein, 2012) with one and three rounds, as CPython and Rust use
// it. std::hash has no key, and the seed of its MurmurHash does not prevent collisions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace social::base {

using HashKey = std::array<std::uint64_t, 2>;

[[nodiscard]] std::uint64_t keyed_hash(const HashKey& key, std::string_view text) noexcept;

// Under a random key that a process and its children share. Throws as fill_random() does, in the
// first call.
[[nodiscard]] std::uint64_t keyed_hash(std::string_view text);

// For maps with text as keys that are asked with views.
struct KeyedTextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return keyed_hash(text); }
};

// Spreads a number that clients can choose. A random odd factor makes two numbers collide
// in the high bits rarely, whichever they are (Dietzfelbinger et al., 1997).
class KeyedSpread {
public:
    // Throws as fill_random() does.
    [[nodiscard]] static KeyedSpread random();

    [[nodiscard]] std::uint64_t operator()(std::uint64_t number) const noexcept {
        return number * factor_;
    }

private:
    std::uint64_t factor_ = 0x9e37'79b9'7f4a'7c15;  // 2^64 over the golden ratio
};

}  // namespace social::base
