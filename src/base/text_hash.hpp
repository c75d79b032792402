// For maps whose keys are strings and that are asked with views: no key is made to look for one.
// The keys are from the configuration. For keys from clients see KeyedTextHash.
//
//     std::unordered_map<std::string, Value, TextHash, std::equal_to<>> map;
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace social::base {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

}  // namespace social::base
