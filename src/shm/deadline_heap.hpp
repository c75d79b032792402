// A binary min-heap of entry indices in shared memory, ordered by one of the entries' times. Each
// entry stores its heap index, so moving and removing it take logarithmic time. Inserting a new
// latest time, the usual case, costs one comparison.
//
// The object is a view; callers hold the zone's lock. Corruption cannot cause an endless loop: each
// step halves or doubles a heap index below the count.
#pragma once

#include <cstdint>
#include <span>

#include "shm/table_entry.hpp"

namespace social::store {

template <std::int64_t TableEntry::* kTime, Index TableEntry::* kPlace>
class DeadlineHeap {
public:
    DeadlineHeap(TableEntries entries, Index& count, std::span<Index> places) noexcept
        : entries_(entries), count_(&count), places_(places) {}

    [[nodiscard]] bool empty() const noexcept { return *count_ == 0; }
    [[nodiscard]] Index earliest() const noexcept { return empty() ? kNone : places_[0]; }

    // Precondition: `entry` is not in the heap. All three functions return false if the heap is
    // corrupt.
    [[nodiscard]] bool insert(Index entry) noexcept {
        if (*count_ >= places_.size()) {
            return false;
        }
        const Index place = (*count_)++;
        put(place, entry);
        return rise(place);
    }

    [[nodiscard]] bool remove(Index entry) noexcept {
        const Index place = entries_[entry].*kPlace;
        if (*count_ > places_.size() || place >= *count_ || places_[place] != entry) {
            return false;
        }
        const Index last = --(*count_);
        if (place == last) {
            return true;
        }
        const Index moved = places_[last];
        if (!entries_.contains(moved)) {
            return false;
        }
        put(place, moved);
        return rise(place) && sink(entries_[moved].*kPlace);
    }

    // Restores the order after the time of `entry` changed.
    [[nodiscard]] bool moved(Index entry) noexcept {
        const Index place = entries_[entry].*kPlace;
        if (*count_ > places_.size() || place >= *count_ || places_[place] != entry) {
            return false;
        }
        return rise(place) && sink(entries_[entry].*kPlace);
    }

private:
    void put(Index place, Index entry) noexcept {
        places_[place] = entry;
        entries_[entry].*kPlace = place;
    }

    [[nodiscard]] bool rise(Index place) noexcept {
        const Index entry = places_[place];
        while (place > 0) {
            const Index parent = (place - 1) / 2;
            const Index above = places_[parent];
            if (!entries_.contains(above)) {
                return false;
            }
            if (entries_[above].*kTime <= entries_[entry].*kTime) {
                break;
            }
            put(place, above);
            place = parent;
        }
        put(place, entry);
        return true;
    }

    [[nodiscard]] bool sink(Index place) noexcept {
        if (place >= *count_) {
            return false;
        }
        const Index entry = places_[place];
        for (std::uint64_t child = 2ULL * place + 1; child < *count_; child = 2ULL * place + 1) {
            Index lesser = static_cast<Index>(child);
            const Index other = child + 1 < *count_ ? places_[child + 1] : kNone;
            if (!entries_.contains(places_[lesser]) ||
                (child + 1 < *count_ && !entries_.contains(other))) {
                return false;
            }
            if (other != kNone && entries_[other].*kTime < entries_[places_[lesser]].*kTime) {
                ++lesser;
            }
            if (entries_[entry].*kTime <= entries_[places_[lesser]].*kTime) {
                break;
            }
            put(place, places_[lesser]);
            place = lesser;
        }
        put(place, entry);
        return true;
    }

    TableEntries entries_;
    Index* count_;
    std::span<Index> places_;
};

}  // namespace social::store
