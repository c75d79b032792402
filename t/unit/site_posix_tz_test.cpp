#include "site/posix_tz.hpp"

#include <cstdint>
#include <limits>
#include "catch.hpp"

using namespace social::site;

namespace {

OffsetPeriod period(std::string_view rule, std::int64_t at) {
    const auto zone = PosixTz::parse(rule);
    INFO(rule);
    REQUIRE(zone);
    return zone->period_at(at);
}

}  // namespace

TEST_CASE("a rule without daylight-saving time has one offset for ever") {
    CHECK(period("UTC0", 0).offset == 0);
    CHECK(period("<+07>-7", 1'000'000'000).offset == 7 * 3600);
    CHECK(period("<-0330>3:30", 0).offset == -(3 * 3600 + 1800));
    CHECK(period("ABC-01:02:03", 0).offset == 3723);
    CHECK(period("UTC0", 0).end == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("days of a rule are counted from Monday weeks, leap days and midnights") {
    // The n-th weekday: New York, second Sunday of March 2026 at 02:00 EST.
    CHECK(period("EST5EDT,M3.2.0,M11.1.0", 1772953199).offset == -5 * 3600);
    CHECK(period("EST5EDT,M3.2.0,M11.1.0", 1772953200).offset == -4 * 3600);
    // J60 is March 1 in every year, 59 counts the leap day: 2024-03-01 and 2024-02-29.
    CHECK(period("AAA0BBB,J60/0,J300/0", 1709251199).offset == 0);
    CHECK(period("AAA0BBB,J60/0,J300/0", 1709251200).offset == 3600);
    CHECK(period("AAA0BBB,59/0,300/0", 1709164799).offset == 0);
    CHECK(period("AAA0BBB,59/0,300/0", 1709164800).offset == 3600);
}

TEST_CASE("changes may lie on the day before and the day after") {
    // Greenland of 2023: Saturday 22:00 is "the last Sunday, minus two hours".
    CHECK(period("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", 1711846800 - 1).offset == -3 * 3600);
    CHECK(period("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", 1711846800).offset == -2 * 3600);
    CHECK(PosixTz::parse("EET-2EEST,M3.4.4/50,M10.4.4/50"));
}

TEST_CASE("a southern summer spans the turn of the year") {
    constexpr std::string_view kSydney = "AEST-10AEDT,M10.1.0,M4.1.0/3";
    CHECK(period(kSydney, 1767225600).offset == 11 * 3600);  // 2026-01-01
    CHECK(period(kSydney, 1782864000).offset == 10 * 3600);  // 2026-07-01
    CHECK(period(kSydney, 1798675200).offset == 11 * 3600);  // 2026-12-31
}

TEST_CASE("daylight-saving time may last all year") {
    for (const std::int64_t at :
         {1767225600L, 1767225599L, 1782864000L, 1767243600L, 1767243599L}) {
        CHECK(period("EST5EDT,0/0,J365/25", at).offset == -4 * 3600);
    }
}

TEST_CASE("what is no rule is refused") {
    for (const std::string_view rule : {"",
                                        "UT0",
                                        "UTC",
                                        "UTC+",
                                        "UTC25",
                                        "UTC0:60",
                                        "<UTC0",
                                        "<U>0",
                                        "UTC0 ",
                                        "EST5EDT",
                                        "EST5EDT,M3.2.0",
                                        "EST5EDT,M3.2.0,M11.1.0,",
                                        "EST5EDT,M13.2.0,M11.1.0",
                                        "EST5EDT,M0.2.0,M11.1.0",
                                        "EST5EDT,M3.6.0,M11.1.0",
                                        "EST5EDT,M3.0.0,M11.1.0",
                                        "EST5EDT,M3.2.7,M11.1.0",
                                        "EST5EDT,J0,J1",
                                        "EST5EDT,J366,J1",
                                        "EST5EDT,366,1",
                                        "EST5EDT,M3.2.0/168,M11.1.0",
                                        "EST5EDT,M3.2,M11.1.0",
                                        "EST5EDT,M3.-2.0,M11.1.0",
                                        "EST5EDT,M3.2.0/,M11.1.0",
                                        "EST-5-EDT,M3.2.0,M11.1.0",
                                        "E5T5"}) {
        CAPTURE(rule);
        CHECK_FALSE(PosixTz::parse(rule));
    }
}
