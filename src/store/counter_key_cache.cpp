#include "store/counter_key_cache.hpp"

#include "base/keyed_hash.hpp"

namespace social::store {

CounterKey CounterKeyCache::of(const ZoneSeed& seed, std::string_view name) {
    if (name.empty() || name.size() > kLongest) {
        return seeded_digest<CounterKey>(seed, name);
    }
    if (slots_.empty()) {
        slots_.resize(kSlots);
    }
    Slot& place = slots_[base::keyed_hash(name) % kSlots];
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
