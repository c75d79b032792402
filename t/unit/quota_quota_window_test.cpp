#include "quota/quota_window.hpp"

#include <chrono>
#include <string>
#include <vector>
#include "catch.hpp"

using namespace social;
using namespace social::site;

namespace {

const TimeZone& zone(std::string_view name) {
    static TimeZones zones;
    const auto found = zones.find(name);
    REQUIRE(found);
    return **found;
}

QuotaWindow window(std::string_view text, std::string_view name) {
    auto made = QuotaWindow::parse(text, zone(name));
    REQUIRE(made);
    return *made;
}

struct Utc {
    int year;
    unsigned month;
    unsigned day;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

std::int64_t at(Utc utc) {
    using namespace std::chrono;
    const sys_days day = year(utc.year) / month(utc.month) / std::chrono::day(utc.day);
    return sys_seconds(day + hours(utc.hour) + minutes(utc.minute) + seconds(utc.second))
        .time_since_epoch()
        .count();
}

constexpr std::int64_t kHour = 3600;

}  // namespace

TEST_CASE("a window over midnight in a zone without daylight-saving time", "[quota]") {
    const auto quota = window("18:00-06:00", "Asia/Jakarta");  // UTC+7
    const std::int64_t opens = at({2026, 5, 10, 11});
    const std::int64_t closes = at({2026, 5, 10, 23});
    const WindowSpan span{.opens = opens, .closes = closes};

    CHECK(quota.span_at(opens) == span);
    CHECK(quota.span_at(opens).contains(opens));
    CHECK(quota.span_at(closes - 1) == span);
    CHECK(quota.span_at(closes - 1).contains(closes - 1));
    CHECK(quota.span_at(at({2026, 5, 10, 17})) == span);  // local midnight
    CHECK(span.length() == 12 * kHour);
    CHECK(span.until_end(closes - 1) == 1);

    CHECK(quota.span_at(opens - 1) == span);
    CHECK_FALSE(quota.span_at(opens - 1).contains(opens - 1));
    CHECK_FALSE(quota.span_at(closes).contains(closes));
    CHECK(quota.span_at(closes).opens == opens + 24 * kHour);
    CHECK(quota.retry_after(opens - 1) == 1);
    CHECK(quota.retry_after(opens) == 24 * kHour);
    CHECK(quota.next_opening(closes - 1) == opens + 24 * kHour);
}

TEST_CASE("the sentence names the window and the day of its next opening", "[quota]") {
    const auto night = window("18:00-06:00", "Asia/Jakarta");
    CHECK(night.limit_reached(at({2026, 5, 10, 13})) ==
          "time limit reached please try again tomorrow at 18:00 - 06:00");
    // 02:00 in the morning, and noon.
    CHECK(night.limit_reached(at({2026, 5, 10, 19})) ==
          "time limit reached please try again today at 18:00 - 06:00");
    CHECK(night.limit_reached(at({2026, 5, 10, 5})) ==
          "time limit reached please try again today at 18:00 - 06:00");
    // The last second of the local day, and the first of the next.
    CHECK(night.limit_reached(at({2026, 5, 10, 16, 59, 59})) ==
          "time limit reached please try again tomorrow at 18:00 - 06:00");
    CHECK(night.limit_reached(at({2026, 5, 10, 17})) ==
          "time limit reached please try again today at 18:00 - 06:00");

    const auto office = window("08:30-17:05", "UTC");
    CHECK(office.limit_reached(at({2026, 5, 10, 18})) ==
          "time limit reached please try again tomorrow at 08:30 - 17:05");
    CHECK(office.limit_reached(at({2026, 5, 10, 8})) ==
          "time limit reached please try again today at 08:30 - 17:05");
    CHECK(QuotaWindow::whole_day(zone("UTC")).limit_reached(at({2026, 5, 10, 8})) ==
          "time limit reached please try again tomorrow at 00:00 - 24:00");
}

TEST_CASE("the whole day is always open and begins anew at midnight", "[quota]") {
    const auto quota = QuotaWindow::whole_day(zone("UTC"));
    const std::int64_t midnight = at({2026, 5, 10});
    CHECK(quota.span_at(midnight) == WindowSpan{midnight, midnight + 24 * kHour});
    CHECK(quota.span_at(midnight - 1) == WindowSpan{midnight - 24 * kHour, midnight});
    CHECK(quota.span_at(midnight + 24 * kHour - 1).opens == midnight);
    CHECK(quota.retry_after(midnight + 24 * kHour - 1) == 1);
    CHECK(quota.retry_after(midnight) == 24 * kHour);
    CHECK(quota.text() == "00:00 - 24:00");
    CHECK(window("00:00-24:00", "UTC").span_at(midnight) == quota.span_at(midnight));
}

TEST_CASE("days on which the clock is changed are 23 and 25 hours long", "[quota]") {
    struct Day {
        std::string_view zone;
        std::int64_t midnight;
        std::int64_t hours;
    };
    const std::vector<Day> days = {
        {"Europe/Berlin", at({2026, 3, 28, 23}), 23},
        {"Europe/Berlin", at({2026, 10, 24, 22}), 25},
        {"Europe/Berlin", at({2026, 3, 29, 22}), 24},
        {"America/New_York", at({2026, 3, 8, 5}), 23},
        {"America/New_York", at({2026, 11, 1, 4}), 25},
        {"America/New_York", at({2026, 11, 2, 5}), 24},
        {"Europe/Berlin", at({2040, 3, 24, 23}), 23},
        {"Europe/Berlin", at({2040, 10, 27, 22}), 25},
        {"America/New_York", at({2040, 3, 11, 5}), 23},
        {"America/New_York", at({2040, 11, 4, 4}), 25},
        {"Asia/Jakarta", at({2040, 3, 24, 17}), 24},
        {"UTC", at({2040, 3, 25}), 24},
        {"Asia/Kathmandu", at({2026, 5, 9, 18, 15}), 24},
        {"Australia/Lord_Howe", at({2026, 10, 3, 13, 30}), 0},
    };
    for (const Day& day : days) {
        CAPTURE(day.zone, day.midnight);
        const auto span = QuotaWindow::whole_day(zone(day.zone)).span_at(day.midnight);
        CHECK(span.opens == day.midnight);
        // Lord Howe Island moves its clock by half an hour.
        CHECK(span.length() == (day.hours == 0 ? 24 * kHour - kHour / 2 : day.hours * kHour));
    }
}

TEST_CASE("a night window is an hour shorter in spring and an hour longer in autumn", "[quota]") {
    const auto berlin = window("18:00-06:00", "Europe/Berlin");
    CHECK(berlin.span_at(at({2026, 3, 29, 0})) ==
          WindowSpan{at({2026, 3, 28, 17}), at({2026, 3, 29, 4})});
    CHECK(berlin.span_at(at({2026, 10, 25, 0})) ==
          WindowSpan{at({2026, 10, 24, 16}), at({2026, 10, 25, 5})});
    CHECK(berlin.span_at(at({2040, 10, 28, 0})) ==
          WindowSpan{at({2040, 10, 27, 16}), at({2040, 10, 28, 5})});
    const auto new_york = window("18:00-06:00", "America/New_York");
    CHECK(new_york.span_at(at({2026, 3, 8, 7})) ==
          WindowSpan{at({2026, 3, 7, 23}), at({2026, 3, 8, 10})});
    CHECK(new_york.span_at(at({2026, 11, 1, 6})) ==
          WindowSpan{at({2026, 10, 31, 22}), at({2026, 11, 1, 11})});
}

TEST_CASE("an edge in the hour that the clock skips is the moment of the skip", "[quota]") {
    // Berlin skips 02:00 to 03:00 at 01:00 UTC.
    const std::int64_t skip = at({2026, 3, 29, 1});
    CHECK(window("02:30-05:00", "Europe/Berlin").span_at(skip) ==
          WindowSpan{skip, at({2026, 3, 29, 3})});
    CHECK(window("22:00-02:30", "Europe/Berlin").span_at(skip - 1) ==
          WindowSpan{at({2026, 3, 28, 21}), skip});
    CHECK_FALSE(window("22:00-02:30", "Europe/Berlin").span_at(skip).contains(skip));
    // New York skips 02:00 to 03:00 at 07:00 UTC.
    CHECK(window("02:30-05:00", "America/New_York").span_at(at({2026, 3, 8, 7})).opens ==
          at({2026, 3, 8, 7}));
}

TEST_CASE("a window that lies within the skipped hour does not take place", "[quota]") {
    const auto quota = window("02:10-02:50", "Europe/Berlin");
    const std::int64_t eve = at({2026, 3, 28, 12});
    CHECK(quota.span_at(eve) == WindowSpan{at({2026, 3, 30, 0, 10}), at({2026, 3, 30, 0, 50})});
    CHECK(quota.next_opening(eve) == at({2026, 3, 30, 0, 10}));
    CHECK(quota.next_opening(at({2026, 3, 28, 1, 20})) == at({2026, 3, 30, 0, 10}));
}

TEST_CASE("an edge in the hour that the clock shows twice is its first showing", "[quota]") {
    // Berlin shows 02:00 to 03:00 at 00:00 UTC and again at 01:00 UTC.
    const auto opening = window("02:30-05:00", "Europe/Berlin");
    CHECK(opening.span_at(at({2026, 10, 25, 1})) ==
          WindowSpan{at({2026, 10, 25, 0, 30}), at({2026, 10, 25, 4})});
    const auto closing = window("22:00-02:30", "Europe/Berlin");
    CHECK(closing.span_at(at({2026, 10, 25, 0})) ==
          WindowSpan{at({2026, 10, 24, 20}), at({2026, 10, 25, 0, 30})});
    const std::int64_t second_showing = at({2026, 10, 25, 1, 15});
    CHECK_FALSE(closing.span_at(second_showing).contains(second_showing));
    const auto within = window("02:10-02:50", "Europe/Berlin");
    CHECK(within.span_at(at({2026, 10, 25, 0})).length() == kHour * 2 / 3);
    CHECK(within.next_opening(at({2026, 10, 25, 0, 20})) == at({2026, 10, 26, 1, 10}));
    // New York shows 01:00 to 02:00 at 05:00 UTC and again at 06:00 UTC.
    CHECK(window("01:30-03:00", "America/New_York").span_at(at({2026, 11, 1, 6})) ==
          WindowSpan{at({2026, 11, 1, 5, 30}), at({2026, 11, 1, 8})});
}

TEST_CASE("the windows of five years follow each other without overlap or doubt", "[quota]") {
    for (const std::string_view name :
         {"Europe/Berlin", "America/New_York", "Asia/Jakarta", "Africa/Cairo", "America/Santiago",
          "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Beirut"}) {
        for (const std::string_view text :
             {"18:00-06:00", "00:00-24:00", "02:40-02:20", "23:59-00:01", "01:30-02:30"}) {
            CAPTURE(name, text);
            const auto quota = window(text, name);
            std::int64_t now = at({2036, 1, 1});
            bool right = true;
            WindowSpan previous = quota.span_at(now);
            while (now < at({2041, 1, 1})) {
                const WindowSpan span = quota.span_at(previous.closes);
                right = right && span.opens >= previous.closes && span.length() > 0 &&
                        span.opens - previous.opens <= 49 * kHour &&
                        quota.span_at(span.opens) == span &&
                        quota.span_at(span.closes - 1) == span &&
                        quota.next_opening(previous.opens) == span.opens &&
                        quota.next_opening(previous.closes - 1) == span.opens;
                now = span.closes;
                previous = span;
            }
            CHECK(right);
        }
    }
}

TEST_CASE("a day that the calendar left out has no window", "[quota]") {
    // Samoa went from December 29 to December 31, 2011, at 10:00 UTC.
    const auto quota = QuotaWindow::whole_day(zone("Pacific/Apia"));
    const std::int64_t leap = at({2011, 12, 30, 10});
    CHECK(quota.span_at(leap - 1) == WindowSpan{leap - 24 * kHour, leap});
    CHECK(quota.span_at(leap) == WindowSpan{leap, leap + 24 * kHour});
}

TEST_CASE("an end of 00:00 is the midnight that follows", "[quota]") {
    const auto quota = window("18:00-00:00", "UTC");
    CHECK(quota.span_at(at({2026, 5, 10, 20})) ==
          WindowSpan{at({2026, 5, 10, 18}), at({2026, 5, 11})});
    CHECK(quota.text() == "18:00 - 00:00");
    CHECK(window("18:00-24:00", "UTC").span_at(at({2026, 5, 10, 20})) ==
          quota.span_at(at({2026, 5, 10, 20})));
}

TEST_CASE("a window that is none is refused with a remedy", "[quota]") {
    for (const std::string_view text :
         {"", "-", "18:00", "18:00-", "18:00-6:00", "18:00 - 06:00", "18:00-06:00 ", " 18:00-06:00",
          "18-06", "1800-0600", "24:00-06:00", "18:00-24:01", "18:60-06:00", "25:00-06:00",
          "18:00-06:00:00", "18:00-0a:00", "18:00/06:00", "+8:00-06:00",
          "18:00\xe2\x80\x93"
          "06:00"}) {
        CAPTURE(text);
        const auto made = QuotaWindow::parse(text, zone("UTC"));
        REQUIRE_FALSE(made);
        CHECK(made.error().kind == Kind::bad_request);
        CHECK(made.error().detail == text);
        CHECK_THAT(std::string(made.error().what), Catch::Contains("18:00-06:00"));
    }
    for (const std::string_view text : {"06:00-06:00", "00:00-00:00"}) {
        const auto made = QuotaWindow::parse(text, zone("UTC"));
        REQUIRE_FALSE(made);
        CHECK_THAT(std::string(made.error().what), Catch::Contains("00:00-24:00"));
    }
}
