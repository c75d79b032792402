#include "quota/quota_fields.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace social::site {

namespace {

constexpr std::size_t kLongestNumber = 20;  // digits
constexpr std::size_t kLongestSite = 64;    // bytes; see kMaxId of Registry
constexpr std::string_view kReset = ";t=";
static_assert(kLongestSite + 2 * (kLongestNumber + 3) + 2 <= RateLimitText::kLongest);

std::uint64_t seconds(std::int64_t number) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0));
}

// The policy's name as a string item of a structured field (RFC 9651 §3.3.3).
std::string quoted(std::string_view site) {
    std::string text = "\"";
    text += site;
    text += '"';
    return text;
}

}  // namespace

std::string rate_limit_policy(const QuotaTerms& terms) {
    return quoted(terms.site) + ";q=" + std::to_string(terms.limit) +
           ";w=" + std::to_string(seconds(terms.length));
}

RateLimitText::RateLimitText(std::string_view site) : head_(quoted(site) + ";r=") {}

std::size_t RateLimitText::write(std::uint64_t remaining, std::int64_t reset, char* out) noexcept {
    reset = std::max<std::int64_t>(reset, 0);
    if (reset != reset_) {
        write_tail(reset);
    }
    char* end = std::ranges::copy(head_, out).out;
    end = std::to_chars(end, end + kLongestNumber, remaining).ptr;
    end = std::copy_n(tail_.begin(), tail_size_, end);
    return static_cast<std::size_t>(end - out);
}

void RateLimitText::write_tail(std::int64_t reset) noexcept {
    static_assert(kReset.size() + kLongestNumber <= std::tuple_size_v<decltype(tail_)>);
    char* const number = std::ranges::copy(kReset, tail_.data()).out;
    const char* end = std::to_chars(number, number + kLongestNumber, seconds(reset)).ptr;
    tail_size_ = static_cast<std::size_t>(end - tail_.data());
    reset_ = reset;
}

}  // namespace social::site
