// Untrusted Cookie headers (RFC 6265 §4.2, §5.4), one per line of the input. The result is compared
// with a plain parser and stays within its bound.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "base/cookie.hpp"
#include "fuzz.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

bool is_token(std::string_view text) {
    constexpr std::string_view kSeparators = "()<>@,;:\\\"/[]?={} \t";  // RFC 2616 §2.2
    return !text.empty() && std::ranges::all_of(text, [kSeparators](char c) {
        return base::is_visible(c) && !kSeparators.contains(c);
    });
}

void add_reference(Pairs& pairs, std::string_view header) {
    for (std::size_t begin = 0; begin <= header.size();) {
        const std::size_t end = std::min(header.find(';', begin), header.size());
        const std::string_view piece = header.substr(begin, end - begin);
        begin = end + 1;
        const std::size_t equals = piece.find('=');
        if (equals == std::string_view::npos || pairs.size() == base::kMaxCookies) {
            continue;
        }
        const auto name = base::trimmed(piece.substr(0, equals));
        const auto value = base::trimmed(piece.substr(equals + 1));
        if (is_token(name) && std::ranges::none_of(value, base::is_control)) {
            pairs.emplace_back(name, value);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    base::Cookies cookies;
    Pairs expected;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view header = take_line(rest);
        cookies.add(header);
        add_reference(expected, header);
    }
    require(cookies.size() == expected.size() && cookies.size() <= base::kMaxCookies);
    const auto all = cookies.with_prefix("");
    require(std::ranges::equal(all, expected, [](const base::Cookie& cookie, const auto& pair) {
        return cookie.name == pair.first && cookie.value == pair.second;
    }));
    for (const auto& [name, value] : expected) {
        const auto count = std::ranges::count(expected, name, &Pairs::value_type::first);
        const base::Found found = cookies.find(name);
        require(found.once() == (count == 1) && (!found.once() || found.value == value));
    }
    return 0;
}
