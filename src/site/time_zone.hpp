// A time zone of the IANA database, read from the system's TZif files (RFC 8536).
//
// Read at configuration time; TimeZones owns every zone once, however many sites
// name it, and must outlive whoever holds a pointer to one. The process's own
// time zone (TZ, tzset) is neither read nor changed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "site/posix_tz.hpp"

namespace social::site {

class TimeZone {
public:
    // Reads a TZif file of version 2 or later. bad_request for anything malformed.
    [[nodiscard]] static Result<TimeZone> parse(std::string_view tzif);

    // The stretch around a Unix time in which the offset stays the same.
    [[nodiscard]] OffsetPeriod period_at(std::int64_t unix_time) const noexcept;

    // Seconds since 1970-01-01 00:00 as the clock on the wall shows them.
    [[nodiscard]] std::int64_t local(std::int64_t unix_time) const noexcept {
        return unix_time + period_at(unix_time).offset;
    }

    // The first Unix time at which that clock shows `local` or later. So a time that
    // the clock shows twice means the first of both (RFC 5545 §3.3.5), a time that it
    // skips means the moment of the skip, and later times never mean earlier moments.
    [[nodiscard]] std::int64_t first_unix_time(std::int64_t local) const noexcept;

private:
    struct Transition {
        std::int64_t at;
        std::int32_t offset;  // from then on
    };

    TimeZone() = default;

    std::vector<Transition> transitions_;  // ascending
    std::int32_t first_offset_ = 0;        // in front of the first transition
    std::optional<PosixTz> rule_;          // after the last one
};

class TimeZones {
public:
    explicit TimeZones(std::string directory = "/usr/share/zoneinfo");

    // The zone of an IANA name, "Asia/Jakarta". bad_request, with name and remedy
    // in detail, where there is none.
    [[nodiscard]] Result<const TimeZone*> find(std::string_view name);

private:
    std::string directory_;
    std::map<std::string, std::unique_ptr<const TimeZone>, std::less<>> zones_;
};

}  // namespace social::site
