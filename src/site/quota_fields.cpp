#include "site/quota_fields.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace social::site {

namespace {

constexpr std::size_t kLongestNumber = 20;  // digits
constexpr std::size_t kLongestSite = 64;    // of Registry
static_assert(kLongestSite + 2 * (kLongestNumber + 3) + 2 <= kLongestRateLimit);

struct Part {
    std::string_view name;
    std::uint64_t value;
};

// Writes an item of a structured field (RFC 9651 §3.3): the quoted name of the policy, which has
// two parameters. Its end.
char* write_item(char* out, std::string_view site, const Part& first, const Part& second) noexcept {
    *out++ = '"';
    out = std::ranges::copy(site, out).out;
    *out++ = '"';
    for (const Part* part : {&first, &second}) {
        out = std::ranges::copy(part->name, out).out;
        out = std::to_chars(out, out + kLongestNumber, part->value).ptr;
    }
    return out;
}

std::uint64_t seconds(std::int64_t number) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0));
}

}  // namespace

std::string rate_limit_policy(const QuotaReading& reading) {
    std::string text;
    text.resize_and_overwrite(kLongestRateLimit, [&](char* out, std::size_t) {
        return write_item(out, reading.site, {";q=", reading.limit},
                          {";w=", seconds(reading.length)}) -
               out;
    });
    return text;
}

std::size_t write_rate_limit(const QuotaReading& reading, char* out) noexcept {
    const char* end =
        write_item(out, reading.site, {";r=", reading.remaining}, {";t=", seconds(reading.reset)});
    return static_cast<std::size_t>(end - out);
}

}  // namespace social::site
