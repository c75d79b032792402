// Places in sets, for memories that are bounded: what is to be kept belongs to one set, by its
// mark, and takes a place there, in the end that of something else.
//
// The first put() draws a random factor for the marks, so that a client who chooses marks cannot
// choose which set they fall into. Those who make marks of text use a keyed hash.
//
// Each place has a tag, a few bits of the mark. The tags of a set stand side by side, apart from
// the places: what is not here is missed by one look, and what is here is found without a look at
// the others. Places are large and lie far apart, and memory that the processor has to wait for is
// most of what a memory like this costs.
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

// `Count` places of a default-constructible `Place`, `Ways` in each set.
template <class Place, std::size_t Count, std::size_t Ways>
class PlaceSets {
    static_assert(std::is_nothrow_move_assignable_v<Place>);

public:
    // The place in the set of `mark` that `is_own` says true of, or nullptr. It lives until the
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

    // Takes the own place where there is one, else an empty one, else each of the set in turn, and
    // gives what is there now. Throws as fill_random() does, and std::bad_alloc, until one call has
    // succeeded.
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
    using Tag = std::uint32_t;  // 0: the place is empty

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
    std::vector<Place> places_;                // none before the first put()
    std::vector<std::array<Tag, Ways>> tags_;  // of each set
    std::size_t turn_ = 0;
};

}  // namespace social::base
