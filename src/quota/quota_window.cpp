#include "quota/quota_window.hpp"

#include <chrono>
#include <optional>

#include "base/ascii.hpp"

namespace social::site {

namespace {

constexpr int kDayMinutes = 24 * 60;
constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kMinute = 60;

// "HH:MM", from 00:00 to 24:00.
std::optional<int> parse_minutes(std::string_view text) noexcept {
    constexpr std::size_t kSize = 5;
    if (text.size() != kSize || text[2] != ':') {
        return std::nullopt;
    }
    for (const std::size_t i : {0u, 1u, 3u, 4u}) {
        if (!base::is_digit(text[i])) {
            return std::nullopt;
        }
    }
    const int hours = (text[0] - '0') * 10 + (text[1] - '0');
    const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
    const int total = hours * 60 + minutes;
    return minutes < 60 && total <= kDayMinutes ? std::optional(total) : std::nullopt;
}

void append_minutes(std::string& out, int minutes) {
    const auto append_two_digits = [&out](int number) {
        out += static_cast<char>('0' + number / 10);
        out += static_cast<char>('0' + number % 10);
    };
    append_two_digits(minutes / 60);
    out += ':';
    append_two_digits(minutes % 60);
}

std::int64_t day_of(std::int64_t local) noexcept {
    using namespace std::chrono;
    return floor<days>(seconds(local)).count();
}

}  // namespace

Result<QuotaWindow> QuotaWindow::parse(std::string_view text, const TimeZone& zone) {
    constexpr std::size_t kDash = 5;
    const auto from = parse_minutes(text.substr(0, kDash));
    const auto to = text.size() > kDash ? parse_minutes(text.substr(kDash + 1)) : std::nullopt;
    if (!from || !to || text[kDash] != '-' || *from == kDayMinutes) {
        return fail(Kind::bad_request, "a window has two times of the day: write 18:00-06:00",
                    std::string(text));
    }
    if (*from == *to) {
        return fail(Kind::bad_request,
                    "a window must not end when it begins: write 00:00-24:00 for the whole day",
                    std::string(text));
    }
    return QuotaWindow({.from = *from, .to = *to}, zone);
}

QuotaWindow QuotaWindow::whole_day(const TimeZone& zone) noexcept {
    return {Edges{}, zone};
}

WindowSpan QuotaWindow::span_of_day(std::int64_t day) const noexcept {
    const std::int64_t last_day = edges_.to > edges_.from ? day : day + 1;
    return {.opens = zone_->first_unix_time(day * kDay + edges_.from * kMinute),
            .closes = zone_->first_unix_time(last_day * kDay + edges_.to * kMinute)};
}

// Starts two days back. Yesterday's window may cross midnight, and a clock change backwards over
// midnight repeats yesterday's date.
WindowSpan QuotaWindow::span_at(std::int64_t now) const noexcept {
    for (std::int64_t day = day_of(zone_->local(now)) - 2;; ++day) {
        const WindowSpan span = span_of_day(day);
        if (span.closes > now && span.length() > 0) {
            return span;
        }
    }
}

std::int64_t QuotaWindow::next_opening(std::int64_t now) const noexcept {
    const WindowSpan span = span_at(now);
    return span.opens > now ? span.opens : span_at(span.closes).opens;
}

std::string QuotaWindow::text() const {
    std::string out;
    append_minutes(out, edges_.from);
    out += " - ";
    append_minutes(out, edges_.to);
    return out;
}

std::string QuotaWindow::limit_reached(std::int64_t now) const {
    const bool today = day_of(zone_->local(next_opening(now))) == day_of(zone_->local(now));
    std::string out = "time limit reached please try again ";
    out += today ? "today" : "tomorrow";
    out += " at ";
    out += text();
    return out;
}

}  // namespace social::site
