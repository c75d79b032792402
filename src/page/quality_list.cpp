#include "page/quality_list.hpp"

#include <cstddef>

#include "base/ascii.hpp"

namespace social::page {

namespace {

// Takes the text before the next separator, and the separator, off `rest`. Separators in quoted
// strings do not count (RFC 9110 §5.6.4).
std::string_view take_until(std::string_view& rest, char separator) noexcept {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < rest.size(); ++end) {
        const char c = rest[end];
        if (quoted && c == '\\') {
            ++end;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && c == separator) {
            break;
        }
    }
    const std::string_view taken = rest.substr(0, end);
    rest.remove_prefix(end < rest.size() ? end + 1 : rest.size());
    return taken;
}

// Parses "0" or "1" with up to three decimals, at most 1 (RFC 9110 §12.4.2). Returns thousandths.
std::optional<int> read_quality(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) {
        return std::nullopt;
    }
    if (text.size() > 1 && text[1] != '.') {
        return std::nullopt;
    }
    int quality = (text[0] - '0') * 1000;
    int weight = 100;
    for (const char c : text.substr(text.size() > 1 ? 2 : 1)) {
        if (!base::is_digit(c)) {
            return std::nullopt;
        }
        quality += (c - '0') * weight;
        weight /= 10;
    }
    return quality <= 1000 ? std::optional(quality) : std::nullopt;
}

std::optional<Preference> read_member(std::string_view member) noexcept {
    Preference preference{.range = base::trimmed(take_until(member, ';')), .quality = 1000};
    while (!member.empty()) {
        const std::string_view parameter = base::trimmed(take_until(member, ';'));
        if (!base::starts_with_ignoring_case(parameter, "q=")) {
            continue;
        }
        const std::optional<int> quality = read_quality(parameter.substr(2));
        if (!quality) {
            return std::nullopt;
        }
        preference.quality = *quality;
    }
    return preference.range.empty() ? std::nullopt : std::optional(preference);
}

}  // namespace

std::optional<Preference> QualityList::next() noexcept {
    while (!rest_.empty()) {
        if (std::optional<Preference> preference = read_member(take_until(rest_, ','))) {
            return preference;
        }
    }
    return std::nullopt;
}

}  // namespace social::page
