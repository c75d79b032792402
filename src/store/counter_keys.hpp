// The keys of named counters, and a memory of those that were asked for last: one site's
// requests all name one counter, and to digest its name costs more than to count.
//
// One object per MemoryStore; each process has its own copy.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "store/shared_counters.hpp"

namespace social::store {

// The counter of a name, any text.
[[nodiscard]] CounterKey counter_key(std::string_view name);

class CounterKeys {
public:
    static constexpr std::size_t kPlaces = 1024;   // names that are kept at most
    static constexpr std::size_t kLongest = 1024;  // bytes of one that is kept

    // counter_key(name), from memory where it can be.
    [[nodiscard]] CounterKey of(std::string_view name);

private:
    struct Place {
        std::string name;
        CounterKey key{};
    };
    std::vector<Place> places_;  // none before the first name
};

}  // namespace social::store
