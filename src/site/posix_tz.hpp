// The rule at the end of a time zone file, "CET-1CEST,M3.5.0,M10.5.0/3": what
// holds after the last transition of its table (RFC 8536 §3.3.1; POSIX.1, TZ).
// Used by TimeZone alone.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace social::site {

// A stretch of time with one offset: [begin, end) in Unix seconds.
struct OffsetPeriod {
    std::int64_t begin = std::numeric_limits<std::int64_t>::min();
    std::int64_t end = std::numeric_limits<std::int64_t>::max();
    std::int32_t offset = 0;  // seconds east of UTC
};

class PosixTz {
public:
    // Nothing for text that is not such a rule.
    [[nodiscard]] static std::optional<PosixTz> parse(std::string_view text);

    // `begin` may be later than the true one, but is at most `at`; `end` is exact.
    [[nodiscard]] OffsetPeriod period_at(std::int64_t at) const noexcept;

    // One of the two days of the year on which the clock is changed.
    struct Change {
        enum class Form { month_week_day, julian_without_leap_day, day_of_year };
        Form form = Form::month_week_day;
        int month = 0;             // 1..12
        int week = 0;              // 1..5, 5 is the last
        int day = 0;               // weekday (0 is Sunday), or day of the year
        std::int32_t time = 7200;  // seconds of local time, may be negative or over a day

        // The local second of the change, as if it were UTC.
        [[nodiscard]] std::int64_t local_second(int year) const noexcept;
    };

private:
    struct Daylight {
        std::int32_t offset = 0;
        Change start;
        Change end;
    };

    std::int32_t standard_ = 0;
    std::optional<Daylight> daylight_;
};

}  // namespace social::site
