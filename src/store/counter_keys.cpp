#include "store/counter_keys.hpp"

#include <cstring>
#include <functional>

#include "crypto/digest.hpp"

namespace social::store {

CounterKey counter_key(std::string_view name) {
    const crypto::Sha256Digest digest = crypto::sha256(name);
    CounterKey key;
    static_assert(sizeof(key) <= sizeof(digest));
    std::memcpy(key.data(), digest.data(), sizeof(key));
    return key;
}

CounterKey CounterKeys::of(std::string_view name) {
    if (name.empty() || name.size() > kLongest) {
        return counter_key(name);
    }
    if (places_.empty()) {
        places_.resize(kPlaces);
    }
    Place& place = places_[std::hash<std::string_view>{}(name) % kPlaces];
    if (place.name != name) {
        // In this order: without memory for the name, the place must not keep an old one.
        place.name.clear();
        place.key = counter_key(name);
        place.name = name;
    }
    return place.key;
}

}  // namespace social::store
