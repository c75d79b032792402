#include "site/quota_fields.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace social::site {

namespace {

constexpr std::size_t kLongestNumber = 20;  // digits

struct Part {
    std::string_view name;
    std::uint64_t value;
};

// An item of a structured field (RFC 9651 §3.3): the quoted name of the policy, which has
// two parameters.
std::string item(std::string_view site, const Part& first, const Part& second) {
    std::string text;
    const std::size_t most =
        site.size() + first.name.size() + second.name.size() + 2 + 2 * kLongestNumber;
    text.resize_and_overwrite(most, [&](char* const begin, std::size_t) {
        char* end = begin;
        *end++ = '"';
        end = std::ranges::copy(site, end).out;
        *end++ = '"';
        for (const Part* part : {&first, &second}) {
            end = std::ranges::copy(part->name, end).out;
            end = std::to_chars(end, begin + most, part->value).ptr;
        }
        return end - begin;
    });
    return text;
}

std::uint64_t seconds(std::int64_t number) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0));
}

}  // namespace

std::string rate_limit_policy(const QuotaReading& reading) {
    return item(reading.site, {";q=", reading.limit}, {";w=", seconds(reading.length)});
}

std::string rate_limit(const QuotaReading& reading) {
    return item(reading.site, {";r=", reading.remaining}, {";t=", seconds(reading.reset)});
}

}  // namespace social::site
