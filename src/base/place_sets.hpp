// Places in sets, for memories that are bounded: what is to be kept belongs to one set, by its
// mark, and takes a place there, in the end that of something else.
#pragma once

#include <cstddef>
#include <vector>

namespace social::base {

// `Count` places of a default-constructible `Place`, `Ways` in each set.
template <class Place, std::size_t Count, std::size_t Ways>
class PlaceSets {
public:
    // The place in the set of `mark` that `is_own` says true of, or nullptr. It lives until the
    // next take().
    template <class IsOwn>
    [[nodiscard]] const Place* find(std::size_t mark, IsOwn is_own) const noexcept {
        if (places_.empty()) {
            return nullptr;
        }
        const Place* place = &places_[first_of(mark)];
        for (const Place* end = place + Ways; place != end; ++place) {
            if (is_own(*place)) {
                return place;
            }
        }
        return nullptr;
    }

    // A place to write to: the own one where there is one, else an empty one, else each of the set
    // in turn. Throws std::bad_alloc, at the first call alone.
    template <class IsOwn, class IsEmpty>
    [[nodiscard]] Place& take(std::size_t mark, IsOwn is_own, IsEmpty is_empty) {
        if (places_.empty()) {
            places_.resize(Count);
        }
        const std::size_t first = first_of(mark);
        Place* empty = nullptr;
        for (std::size_t i = first; i < first + Ways; ++i) {
            if (is_own(places_[i])) {
                return places_[i];
            }
            empty = is_empty(places_[i]) ? &places_[i] : empty;
        }
        if (empty != nullptr) {
            return *empty;
        }
        turn_ = (turn_ + 1) % Ways;
        return places_[first + turn_];
    }

private:
    static std::size_t first_of(std::size_t mark) noexcept { return mark % (Count / Ways) * Ways; }

    std::vector<Place> places_;  // none before the first take()
    std::size_t turn_ = 0;
};

}  // namespace social::base
