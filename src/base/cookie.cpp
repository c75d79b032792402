#include "base/cookie.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"
#include "base/form.hpp"

namespace social::base {

void Cookies::add(std::string_view header) {
    while (!header.empty() && cookies_.size() < kMaxCookies) {
        const RawField pair = take_field(header, ";");
        const Cookie cookie{.name = trimmed(pair.name), .value = trimmed(pair.value)};
        if (pair.has_equals && is_token(cookie.name) &&
            std::ranges::none_of(cookie.value, is_control)) {
            cookies_.push_back(cookie);
        }
    }
}

std::vector<Cookie> Cookies::with_prefix(std::string_view prefix) const {
    std::vector<Cookie> found;
    std::ranges::copy_if(cookies_, std::back_inserter(found), [prefix](const Cookie& cookie) {
        return cookie.name.starts_with(prefix);
    });
    return found;
}

}  // namespace social::base
