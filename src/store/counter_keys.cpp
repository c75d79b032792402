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
        // In this order: without memory for the name, the place must not keep an old one.
        place.name.clear();
        place.key = seeded_digest<CounterKey>(seed, name);
        place.name = name;
    }
    return place.key;
}

}  // namespace social::store
