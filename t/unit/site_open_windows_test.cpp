#include "site/open_windows.hpp"

#include <array>
#include <string_view>
#include "catch.hpp"

#include "quota/quota.hpp"

using namespace social::site;

namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kHour = 3600;

Quota quota(std::string_view window, std::string_view zone = "timezone=UTC") {
    static TimeZones zones;
    const std::array<std::string_view, 3> words{"limit=10", window, zone};
    auto made = parse_quota(words, zones);
    REQUIRE(made);
    return *made;
}

Site site(std::string_view window) {
    Site made;
    made.id = "169";
    made.quota = quota(window);
    return made;
}

}  // namespace

TEST_CASE("a worker remembers windows as the clock would find them", "[site]") {
    const Site night = site("window=18:00-06:00");
    const Site whole = site("window=00:00-24:00");
    OpenWindows windows;
    for (std::int64_t now = 0; now < 4 * kDay; now += 601) {
        CHECK(windows.at(night, now).span == night.quota->window.span_at(now));
        CHECK(windows.at(whole, now).span == whole.quota->window.span_at(now));
    }
}

TEST_CASE("a window ends with its last second", "[site]") {
    const Site night = site("window=18:00-06:00");
    OpenWindows windows;
    CHECK(windows.at(night, 30 * kHour - 1).span.opens == 18 * kHour);
    CHECK(windows.at(night, 30 * kHour).span.opens == 42 * kHour);
}

TEST_CASE("a clock that is set back finds the window of that time again", "[site]") {
    const Site whole = site("window=00:00-24:00");
    OpenWindows windows;
    CHECK(windows.at(whole, 5 * kDay).span.opens == 5 * kDay);
    CHECK(windows.at(whole, 3 * kDay + 1).span.opens == 3 * kDay);
    CHECK(windows.at(whole, 3 * kDay + 2).span.opens == 3 * kDay);
    CHECK(windows.at(whole, 5 * kDay).span.opens == 5 * kDay);
}

TEST_CASE("quotas count together only when their windows are the same", "[site]") {
    const std::string night = quota("window=18:00-06:00").definition;
    CHECK(night == quota("window=18:00-06:00").definition);
    CHECK(night != quota("window=18:00-07:00").definition);
    CHECK(night != quota("window=18:00-06:00", "timezone=Asia/Jakarta").definition);
    CHECK(quota("window=00:00-24:00").definition == quota("per=site").definition);
}

TEST_CASE("a limit is at most what a RateLimit field can say", "[site]") {
    TimeZones zones;
    const std::array<std::string_view, 1> most{"limit=999999999999999"};
    const std::array<std::string_view, 1> over{"limit=1000000000000000"};
    CHECK(parse_quota(most, zones));
    CHECK_FALSE(parse_quota(over, zones));
}
