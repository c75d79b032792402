// A fixed-size set-associative cache. The hash selects a set; a full set evicts its entries in
// turn.
//
// The first put() draws a random factor for the hashes, so a client cannot choose the set of its
// entry. Callers hash text with a keyed hash.
//
// Each slot has a tag, 31 bits of the hash. The tags of a set are stored side by side, apart from
// the slots. A miss compares the tags of one set and touches no slot; a hit touches one. Slots are
// large and far apart, and cache misses are most of the cost of a lookup.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/keyed_hash.hpp"

namespace social::base {

// `Count` slots of a default-constructible type, `Ways` per set.
template <class Slot, std::size_t Count, std::size_t Ways>
class SetAssociativeCache {
    static_assert(std::is_nothrow_move_assignable_v<Slot>);

public:
    // Returns the slot of the set for which the predicate holds, or nullptr. It lives until the
    // next put().
    template <class Equals>
    [[nodiscard]] const Slot* find(std::uint64_t hash, Equals equals) const noexcept {
        if (tags_.empty()) {
            return nullptr;
        }
        const Position position = position_of(hash);
        const std::size_t way = way_of(position, equals);
        return way == Ways ? nullptr : &slots_[position.set * Ways + way];
    }

    // Replaces the matching slot, else fills an empty one, else evicts one of the set. Returns the
    // slot. Until one call has succeeded, throws as fill_random() does, or std::bad_alloc.
    template <class Equals>
    const Slot& put(std::uint64_t hash, Equals equals, Slot place) {
        if (tags_.empty()) {
            seed_ = KeyedSpread::random();
            slots_.resize(Count);
            tags_.resize(Count / Ways);
        }
        const Position position = position_of(hash);
        std::size_t way = way_of(position, equals);
        if (way == Ways) {
            const auto& tags = tags_[position.set];
            way = static_cast<std::size_t>(std::ranges::find(tags, Tag{}) - tags.begin());
        }
        if (way == Ways) {
            way = turn_ = (turn_ + 1) % Ways;
        }
        Slot& taken = slots_[position.set * Ways + way];
        taken = std::move(place);
        tags_[position.set][way] = position.tag;
        return taken;
    }

private:
    using Tag = std::uint32_t;  // 0: the slot is empty

    struct Position {
        std::size_t set;
        Tag tag;
    };

    [[nodiscard]] Position position_of(std::uint64_t hash) const noexcept {
        const std::uint64_t mixed = seed_(hash);
        return {.set = static_cast<std::size_t>(mixed >> 32) % (Count / Ways),
                .tag = static_cast<Tag>(mixed >> 33) | 1};
    }

    template <class Equals>
    [[nodiscard]] std::size_t way_of(const Position& position, Equals equals) const noexcept {
        const std::array<Tag, Ways>& tags = tags_[position.set];
        std::size_t way = 0;
        while (way != Ways &&
               (tags[way] != position.tag || !equals(slots_[position.set * Ways + way]))) {
            ++way;
        }
        return way;
    }

    KeyedSpread seed_;
    std::vector<Slot> slots_;                  // empty before the first put()
    std::vector<std::array<Tag, Ways>> tags_;  // per set
    std::size_t turn_ = 0;
};

}  // namespace social::base
