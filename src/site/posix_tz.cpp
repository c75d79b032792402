#include "site/posix_tz.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "base/ascii.hpp"

namespace social::site {

namespace {

constexpr std::int32_t kHour = 3600;
constexpr std::int64_t kDay = 86400;
constexpr int kMaxOffsetHours = 24;  // POSIX.1, TZ
constexpr int kMaxTimeHours = 167;   // RFC 8536 §3.3.1

bool take(std::string_view& rest, char c) noexcept {
    if (!rest.starts_with(c)) {
        return false;
    }
    rest.remove_prefix(1);
    return true;
}

struct Range {
    int low;
    int high;
};

std::optional<int> take_number(std::string_view& rest, Range range) noexcept {
    int number = 0;
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc{} || !base::is_digit(rest.front()) || number < range.low ||
        number > range.high) {
        return std::nullopt;
    }
    rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
    return number;
}

// "EST" or "<+07>", at least three characters.
bool take_name(std::string_view& rest) noexcept {
    const bool quoted = take(rest, '<');
    const auto end = std::ranges::find_if_not(rest, [quoted](char c) {
        return base::is_alpha(c) || (quoted && (base::is_digit(c) || c == '+' || c == '-'));
    });
    const auto size = static_cast<std::size_t>(end - rest.begin());
    rest.remove_prefix(size);
    return size >= 3 && (!quoted || take(rest, '>'));
}

// "[+-]hh[:mm[:ss]]" in seconds.
std::optional<std::int32_t> take_time(std::string_view& rest, int max_hours) noexcept {
    const bool negative = take(rest, '-');
    if (!negative) {
        take(rest, '+');
    }
    const auto hours = take_number(rest, {.low = 0, .high = max_hours});
    if (!hours) {
        return std::nullopt;
    }
    std::int32_t seconds = *hours * kHour;
    for (const std::int32_t unit : {60, 1}) {
        if (!take(rest, ':')) {
            break;
        }
        const auto part = take_number(rest, {.low = 0, .high = 59});
        if (!part) {
            return std::nullopt;
        }
        seconds += *part * unit;
    }
    return negative ? -seconds : seconds;
}

bool take_month_week_day(std::string_view& rest, PosixTz::Change& change) noexcept {
    const auto month = take_number(rest, {.low = 1, .high = 12});
    if (!month || !take(rest, '.')) {
        return false;
    }
    const auto week = take_number(rest, {.low = 1, .high = 5});
    if (!week || !take(rest, '.')) {
        return false;
    }
    const auto day = take_number(rest, {.low = 0, .high = 6});
    if (!day) {
        return false;
    }
    change.month = *month;
    change.week = *week;
    change.day = *day;
    return true;
}

// ",M3.5.0/2", ",J60" or ",59".
std::optional<PosixTz::Change> take_change(std::string_view& rest) noexcept {
    using Form = PosixTz::Change::Form;
    PosixTz::Change change;
    if (!take(rest, ',')) {
        return std::nullopt;
    }
    if (take(rest, 'M')) {
        if (!take_month_week_day(rest, change)) {
            return std::nullopt;
        }
    } else {
        const bool julian = take(rest, 'J');
        const auto day = take_number(rest, {.low = julian ? 1 : 0, .high = 365});
        if (!day) {
            return std::nullopt;
        }
        change.form = julian ? Form::julian_without_leap_day : Form::day_of_year;
        change.day = *day;
    }
    if (take(rest, '/')) {
        const auto time = take_time(rest, kMaxTimeHours);
        if (!time) {
            return std::nullopt;
        }
        change.time = *time;
    }
    return change;
}

std::int64_t month_week_day(int year, const PosixTz::Change& change) noexcept {
    using namespace std::chrono;
    const auto month =
        std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(change.month));
    const weekday day(static_cast<unsigned>(change.day));
    const sys_days date = change.week == 5
                              ? sys_days(month / day[last])
                              : sys_days(month / day[static_cast<unsigned>(change.week)]);
    return date.time_since_epoch().count();
}

}  // namespace

std::int64_t PosixTz::Change::local_second(int year) const noexcept {
    using namespace std::chrono;
    std::int64_t days = 0;
    if (form == Form::month_week_day) {
        days = month_week_day(year, *this);
    } else {
        const std::chrono::year y(year);
        days = sys_days(y / January / 1).time_since_epoch().count() + day;
        if (form == Form::julian_without_leap_day) {
            constexpr int kEndOfFebruary = 59;
            days += y.is_leap() && day > kEndOfFebruary ? 0 : -1;
        }
    }
    return days * kDay + time;
}

std::optional<PosixTz> PosixTz::parse(std::string_view text) {
    // POSIX counts offsets to the west, we to the east.
    PosixTz zone;
    if (!take_name(text)) {
        return std::nullopt;
    }
    const auto west = take_time(text, kMaxOffsetHours);
    if (!west) {
        return std::nullopt;
    }
    zone.standard_ = -*west;
    if (text.empty()) {
        return zone;
    }
    Daylight daylight;
    if (!take_name(text)) {
        return std::nullopt;
    }
    daylight.offset = zone.standard_ + kHour;
    if (!text.starts_with(',')) {
        const auto summer_west = take_time(text, kMaxOffsetHours);
        if (!summer_west) {
            return std::nullopt;
        }
        daylight.offset = -*summer_west;
    }
    const auto start = take_change(text);
    const auto end = start ? take_change(text) : std::nullopt;
    if (!end || !text.empty()) {
        return std::nullopt;
    }
    daylight.start = *start;
    daylight.end = *end;
    zone.daylight_ = daylight;
    return zone;
}

OffsetPeriod PosixTz::period_at(std::int64_t at) const noexcept {
    using namespace std::chrono;
    OffsetPeriod period{.offset = standard_};
    if (!daylight_) {
        return period;
    }
    struct Transition {
        std::int64_t at;
        bool to_daylight;
    };
    // A change may lie up to a week outside its year, so that two years to both
    // sides are looked at.
    constexpr int kYears = 5;
    std::array<Transition, 2 * kYears> transitions{};
    const auto today = floor<days>(sys_seconds(seconds(at + standard_)));
    int year = static_cast<int>(year_month_day(today).year()) - kYears / 2;
    for (std::size_t i = 0; i < transitions.size(); i += 2, ++year) {
        transitions[i] = {daylight_->end.local_second(year) - daylight_->offset, false};
        transitions[i + 1] = {daylight_->start.local_second(year) - standard_, true};
    }
    // Of two at one moment the start counts: an end that meets the next start
    // leaves daylight-saving time in force all year (RFC 8536 §3.3.1).
    std::ranges::sort(transitions, {},
                      [](const Transition& t) { return std::pair(t.at, t.to_daylight); });
    for (const Transition& transition : transitions) {
        if (transition.at > at) {
            period.end = transition.at;
            break;
        }
        period.begin = transition.at;
        period.offset = transition.to_daylight ? daylight_->offset : standard_;
    }
    return period;
}

}  // namespace social::site
