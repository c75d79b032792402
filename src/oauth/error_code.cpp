#include "oauth/error_code.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace social::oauth {

std::string printable_code(std::string_view code) {
    constexpr std::size_t kLongest = 64;
    const bool word =
        !code.empty() && code.size() <= kLongest && std::ranges::all_of(code, [](char c) {
            return base::is_alnum(c) || c == '_' || c == '-' || c == '.';
        });
    return word ? std::string(code) : "unknown error";
}

}  // namespace social::oauth
