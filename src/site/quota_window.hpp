// The hours of the day in which a site may be used ("18:00-06:00" in some time
// zone): pure arithmetic between Unix time and the clock on the wall.
//
// Made at configuration time and read-only after that; its TimeZone must outlive it.
// Windows of one site follow each other without overlap. On the days on which the
// clock is changed they are longer or shorter: an edge that the clock shows twice
// is its first showing, an edge that it skips is the moment of the skip, and a window
// that is skipped as a whole does not take place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "site/time_zone.hpp"

namespace social::site {

// One window that takes place: [opens, closes) in Unix seconds.
struct WindowSpan {
    std::int64_t opens = 0;  // also its id: no two windows of a site open at once
    std::int64_t closes = 0;

    [[nodiscard]] bool contains(std::int64_t now) const noexcept {
        return opens <= now && now < closes;
    }
    // `w` of RateLimit-Policy, in seconds.
    [[nodiscard]] std::int64_t length() const noexcept { return closes - opens; }
    // `t` of RateLimit, in seconds; for a window to come, until that has ended.
    [[nodiscard]] std::int64_t until_end(std::int64_t now) const noexcept { return closes - now; }

    bool operator==(const WindowSpan&) const = default;
};

class QuotaWindow {
public:
    // "HH:MM-HH:MM"; an end that is not after the start lies on the next day, and
    // "24:00" may be an end. bad_request for anything else, also for an empty window.
    [[nodiscard]] static Result<QuotaWindow> parse(std::string_view text, const TimeZone& zone);

    [[nodiscard]] static QuotaWindow whole_day(const TimeZone& zone) noexcept;

    // The window that contains `now`, or else the next one. The answer stays right
    // until it closes, so that a caller may keep it.
    [[nodiscard]] WindowSpan span_at(std::int64_t now) const noexcept;

    // When the next window opens: the first that opens after `now`.
    [[nodiscard]] std::int64_t next_opening(std::int64_t now) const noexcept;

    // For Retry-After, in seconds: at least 1.
    [[nodiscard]] std::int64_t retry_after(std::int64_t now) const noexcept {
        return next_opening(now) - now;
    }

    // "18:00 - 06:00".
    [[nodiscard]] std::string text() const;

    // "time limit reached please try again tomorrow at 18:00 - 06:00", with "today"
    // where the next opening is on the day that the zone's calendar shows.
    [[nodiscard]] std::string limit_reached(std::int64_t now) const;

private:
    struct Edges {
        int from = 0;  // minutes since midnight
        int to = 24 * 60;
    };

    QuotaWindow(Edges edges, const TimeZone& zone) noexcept : edges_(edges), zone_(&zone) {}

    // The window that begins on a local day, counted from 1970-01-01; may be empty.
    [[nodiscard]] WindowSpan span_of_day(std::int64_t day) const noexcept;

    Edges edges_;
    const TimeZone* zone_;
};

}  // namespace social::site
