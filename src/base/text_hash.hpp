// Transparent hash: look up a std::string key by string_view without a copy. For keys from the
// configuration; KeyedTextHash is for keys from clients.
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
