// A cache of the keys of named counters: one site's requests all name one counter, and to digest
// its name costs more than to count. Its size is fixed; a new name replaces the one in its place.
//
// One object per MemoryStore; each process has its own copy.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "store/counter_stripe.hpp"
#include "store/zone_seed.hpp"

namespace social::store {

class CounterKeys {
public:
    static constexpr std::size_t kPlaces = 1024;   // names that are kept at most
    static constexpr std::size_t kLongest = 1024;  // bytes of one that is kept

    // seeded_digest() of the name, from the cache where it can be. The seed is always the same.
    [[nodiscard]] CounterKey of(const ZoneSeed& seed, std::string_view name);

private:
    struct Place {
        std::string name;
        CounterKey key{};
    };
    std::vector<Place> places_;  // none before the first name
};

}  // namespace social::store
