#include "oauth/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace social::oauth {

namespace {

constexpr std::int64_t kLongest = 24 * 60 * 60;  // seconds

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end || value < 0) {
        return std::nullopt;
    }
    return value;
}

// IMF-fixdate (RFC 9110 §5.6.7), the only date format that senders may generate.
std::optional<std::int64_t> date(std::string_view text) {
    const std::string line(text);
    std::tm parts{};
    const char* end = ::strptime(line.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(::timegm(&parts));
}

}  // namespace

std::int64_t retry_after(const base::HttpResponse& response, std::int64_t now) {
    const std::string_view text = response.header("Retry-After");
    if (const auto seconds = number(text)) {
        return std::min(*seconds, kLongest);
    }
    std::optional<std::int64_t> at = date(text);
    if (!at && response.status == 429) {
        at = number(response.header("x-rate-limit-reset"));
    }
    if (!at || *at <= now) {
        return 0;
    }
    return std::min(*at - now, kLongest);
}

}  // namespace social::oauth
