#include "store/counter_keys.hpp"

#include "base/keyed_hash.hpp"

namespace social::store {

CounterKey CounterKeys::of(const ZoneSeed& seed, std::string_view name) {
    if (name.empty() || name.size() > kLongest) {
        return seeded_digest<CounterKey>(seed, name);
    }
    if (places_.empty()) {
        places_.resize(kPlaces);
    }
    Place& place = places_[base::keyed_hash(name) % kPlaces];
    if (place.name != name) {
        // Cleared first: if the assignment throws std::bad_alloc, the slot must not have the old
        // name with the new key.
        place.name.clear();
        place.key = seeded_digest<CounterKey>(seed, name);
        place.name = name;
    }
    return place.key;
}

}  // namespace social::store
