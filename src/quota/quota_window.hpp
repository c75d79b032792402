// The daily window of a quota ("18:00-06:00" in a time zone), converted between Unix time and local
// time.
//
// Made at configuration time and read-only afterwards. Its TimeZone must outlive it. Windows of one
// site do not overlap. At a change of the UTC offset:
//
// 1. A repeated local time means its first occurrence.
// 2. A skipped local time means the moment of the change.
// 3. A window that is skipped entirely does not occur.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "quota/time_zone.hpp"

namespace social::site {

// One occurrence of the window: [opens, closes) in Unix seconds.
struct WindowSpan {
    std::int64_t opens = 0;  // also identifies the window within its site
    std::int64_t closes = 0;

    [[nodiscard]] bool contains(std::int64_t now) const noexcept {
        return opens <= now && now < closes;
    }
    // `w` of RateLimit-Policy, in seconds.
    [[nodiscard]] std::int64_t length() const noexcept { return closes - opens; }
    // `t` of RateLimit, in seconds: until this window closes, also if it is not open yet.
    [[nodiscard]] std::int64_t until_end(std::int64_t now) const noexcept { return closes - now; }

    bool operator==(const WindowSpan&) const = default;
};

class QuotaWindow {
public:
    // Parses "HH:MM-HH:MM". An end before the start is on the next day, and the end may be "24:00".
    // Fails with bad_request for anything else, also for equal start and end.
    [[nodiscard]] static Result<QuotaWindow> parse(std::string_view text, const TimeZone& zone);

    [[nodiscard]] static QuotaWindow whole_day(const TimeZone& zone) noexcept;

    // The window that contains `now` (Unix seconds), or else the next one. Callers may cache it
    // until it closes.
    [[nodiscard]] WindowSpan span_at(std::int64_t now) const noexcept;

    // The Unix time at which the next window opens, always after `now`.
    [[nodiscard]] std::int64_t next_opening(std::int64_t now) const noexcept;

    // For Retry-After, in seconds: at least 1.
    [[nodiscard]] std::int64_t retry_after(std::int64_t now) const noexcept {
        return next_opening(now) - now;
    }

    // "18:00 - 06:00".
    [[nodiscard]] std::string text() const;

    // "time limit reached please try again tomorrow at 18:00 - 06:00". It has "today" if the next
    // window opens on the current local day.
    [[nodiscard]] std::string limit_reached(std::int64_t now) const;

private:
    struct Edges {
        int from = 0;  // minutes since midnight
        int to = 24 * 60;
    };

    QuotaWindow(Edges edges, const TimeZone& zone) noexcept : edges_(edges), zone_(&zone) {}

    // The window that begins on a local day (days since 1970-01-01). It may be empty.
    [[nodiscard]] WindowSpan span_of_day(std::int64_t day) const noexcept;

    Edges edges_;
    const TimeZone* zone_;
};

}  // namespace social::site
