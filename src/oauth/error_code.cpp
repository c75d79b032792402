#include "oauth/error_code.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace social::oauth {

namespace {

constexpr std::size_t kLongest = 64;

bool in_code(char c) noexcept {
    return base::is_alnum(c) || c == '_' || c == '-' || c == '.';
}

std::string printable(std::string_view text, bool (*admitted)(char)) {
    const bool fits =
        !text.empty() && text.size() <= kLongest && std::ranges::all_of(text, admitted);
    return fits ? std::string(text) : "unknown error";
}

}  // namespace

std::string printable_code(std::string_view code) {
    return printable(code, [](char c) { return in_code(c); });
}

std::string printable_title(std::string_view title) {
    return printable(title, [](char c) { return in_code(c) || c == ' '; });
}

}  // namespace social::oauth
