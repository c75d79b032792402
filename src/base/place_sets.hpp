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
template <class Place, std::size_t Count, std::size_t Ways>
class PlaceSets {
    static_assert(std::is_nothrow_move_assignable_v<Place>);

public:
    // Returns the slot of the set for which the predicate holds, or nullptr. It lives until the
    // next put().
    template <class IsOwn>
    [[nodiscard]] const Place* find(std::uint64_t mark, IsOwn is_own) const noexcept {
        if (tags_.empty()) {
            return nullptr;
        }
        const Spot spot = spot_of(mark);
        const std::size_t way = way_of(spot, is_own);
        return way == Ways ? nullptr : &places_[spot.set * Ways + way];
    }

    // Replaces the matching slot, else fills an empty one, else evicts one of the set. Returns the
    // slot. Until one call has succeeded, throws as fill_random() does, or std::bad_alloc.
    template <class IsOwn>
    const Place& put(std::uint64_t mark, IsOwn is_own, Place place) {
        if (tags_.empty()) {
            spread_ = KeyedSpread::random();
            places_.resize(Count);
            tags_.resize(Count / Ways);
        }
        const Spot spot = spot_of(mark);
        std::size_t way = way_of(spot, is_own);
        if (way == Ways) {
            const auto& tags = tags_[spot.set];
            way = static_cast<std::size_t>(std::ranges::find(tags, Tag{}) - tags.begin());
        }
        if (way == Ways) {
            way = turn_ = (turn_ + 1) % Ways;
        }
        Place& taken = places_[spot.set * Ways + way];
        taken = std::move(place);
        tags_[spot.set][way] = spot.tag;
        return taken;
    }

private:
    using Tag = std::uint32_t;  // 0: the slot is empty

    struct Spot {
        std::size_t set;
        Tag tag;
    };

    [[nodiscard]] Spot spot_of(std::uint64_t mark) const noexcept {
        const std::uint64_t spread = spread_(mark);
        return {.set = static_cast<std::size_t>(spread >> 32) % (Count / Ways),
                .tag = static_cast<Tag>(spread >> 33) | 1};
    }

    template <class IsOwn>
    [[nodiscard]] std::size_t way_of(const Spot& spot, IsOwn is_own) const noexcept {
        const std::array<Tag, Ways>& tags = tags_[spot.set];
        std::size_t way = 0;
        while (way != Ways && (tags[way] != spot.tag || !is_own(places_[spot.set * Ways + way]))) {
            ++way;
        }
        return way;
    }

    KeyedSpread spread_;
    std::vector<Place> places_;                // empty before the first put()
    std::vector<std::array<Tag, Ways>> tags_;  // per set
    std::size_t turn_ = 0;
};

}  // namespace social::base
