// The `quota` directive: a line with its words, then lines with moments. Windows that were accepted
// follow one another without overlap, and every moment has one that contains it or comes next.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/ascii.hpp"
#include "fuzz.hpp"
#include "quota/quota.hpp"
#include "quota/quota_fields.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr std::int64_t kDay = 24 * 60 * 60;
constexpr std::int64_t kLastMoment = 1LL << 36;  // of the year 4147

void check_fields(const site::Quota& quota, const site::WindowSpan& span, std::int64_t now) {
    const std::string policy =
        site::rate_limit_policy({.site = "169", .limit = quota.limit, .length = span.length()});
    require(policy ==
            "\"169\";q=" + std::to_string(quota.limit) + ";w=" + std::to_string(span.length()));
    site::RateLimitText text("169");
    std::array<char, site::RateLimitText::kLongest> out{};
    for (const std::uint64_t remaining : {quota.limit, std::uint64_t{0}}) {
        const std::size_t size = text.write(remaining, span.until_end(now), out.data());
        require(std::string_view(out.data(), size) ==
                "\"169\";r=" + std::to_string(remaining) +
                    ";t=" + std::to_string(span.until_end(now)));
    }
}

void check_moment(const site::Quota& quota, std::int64_t now) {
    const site::WindowSpan span = quota.window.span_at(now);
    require(span.length() > 0 && span.closes > now && span.until_end(now) > 0);
    // Zones change by a day at most, as Pacific/Apia did in 2011.
    require(span.length() <= 3 * kDay && span.opens <= now + 3 * kDay);
    // One window, whichever moment of it is asked for.
    require(quota.window.span_at(span.opens) == span);
    require(quota.window.span_at(span.closes - 1) == span);
    if (!span.contains(now)) {
        require(quota.window.span_at(span.opens - 1) == span);
    }
    const site::WindowSpan next = quota.window.span_at(span.closes);
    require(next.opens >= span.closes);
    const std::int64_t opening = quota.window.next_opening(now);
    require(opening == (span.contains(now) ? next.opens : span.opens));
    require(quota.window.retry_after(now) == opening - now && opening > now);
    check_fields(quota, span, now);
}

void check_quota(const site::Quota& quota, std::string_view moments) {
    require(quota.limit > 0 && quota.limit <= 999'999'999'999'999);
    require(quota.status == 401 || quota.status == 429);
    const std::string text = quota.window.text();
    require(text.size() == 13 && text.substr(5, 3) == " - ");
    require(quota.definition.starts_with(text + " "));
    for (int i = 0; i < 4; ++i) {
        const std::int64_t now = std::abs(take_number(moments) % kLastMoment);
        check_moment(quota, now);
        const std::string sentence = quota.window.limit_reached(now);
        require(sentence == "time limit reached please try again today at " + text ||
                sentence == "time limit reached please try again tomorrow at " + text);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static site::TimeZones zones;
    std::string_view rest = text_of(data, size);
    std::vector<std::string_view> words;
    for (std::string_view line = take_line(rest); !line.empty();) {
        const std::size_t blank = line.find(' ');
        words.push_back(line.substr(0, blank));
        line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
    }
    const auto quota = site::parse_quota(words, zones);
    if (quota) {
        require(std::ranges::any_of(
            words, [](std::string_view word) { return word.starts_with("limit="); }));
        std::ranges::reverse(words);
        const auto reversed = site::parse_quota(words, zones);
        require(reversed && reversed->limit == quota->limit &&
                reversed->definition == quota->definition && reversed->per == quota->per);
        check_quota(*quota, rest);
    } else {
        require(quota.error().kind == Kind::bad_request && !quota.error().what.empty());
    }
    return 0;
}
