// A direct-mapped cache of counter keys. A site's requests share one counter, and the digest of its
// name is slower than counting. A new name evicts the one in its slot.
//
// One object per MemoryStore; processes do not share it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "shm/counter_stripe.hpp"
#include "shm/zone_seed.hpp"

namespace social::store {

class CounterKeyCache {
public:
    static constexpr std::size_t kSlots = 1024;    // maximum number of names
    static constexpr std::size_t kLongest = 1024;  // bytes of a cached name

    // seeded_digest() of the name, cached. Precondition: all calls have the same seed.
    [[nodiscard]] CounterKey of(const ZoneSeed& seed, std::string_view name);

private:
    struct Slot {
        std::string name;
        CounterKey key{};
    };
    std::vector<Slot> slots_;  // empty until the first call
};

}  // namespace social::store
