// A time zone of the IANA database, read by CCTZ from the system's TZif files (RFC 8536).
//
// Read at configuration time; TimeZones owns every zone once, however many sites
// name it, and must outlive whoever holds a pointer to one. The process's own
// time zone (TZ, tzset) is neither read nor changed.
#pragma once

#include <cctz/time_zone.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::site {

class TimeZone {
public:
    // Reads the contents of a TZif file. bad_request where CCTZ refuses them.
    //
    // CCTZ keeps each zone until the process ends. It keeps them by contents here: a new
    // configuration sees a file that has changed, and a file that has not costs no more memory.
    [[nodiscard]] static Result<TimeZone> parse(const std::string& tzif);

    // Seconds since 1970-01-01 00:00 as the clock on the wall shows them.
    [[nodiscard]] std::int64_t local(std::int64_t unix_time) const noexcept;

    // The first Unix time at which that clock shows `local` or later. So a time that
    // the clock shows twice means the first of both (RFC 5545 §3.3.5), a time that it
    // skips means the moment of the skip, and later times never mean earlier moments.
    [[nodiscard]] std::int64_t first_unix_time(std::int64_t local) const noexcept;

private:
    explicit TimeZone(cctz::time_zone zone) noexcept : zone_(zone) {}

    cctz::time_zone zone_;
};

class TimeZones {
public:
    explicit TimeZones(std::string directory = "/usr/share/zoneinfo");

    // The zone of an IANA name, "Asia/Jakarta". bad_request, with name and remedy
    // in detail, where there is none.
    [[nodiscard]] Result<const TimeZone*> find(std::string_view name);

private:
    std::string directory_;
    std::map<std::string, TimeZone, std::less<>> zones_;
};

}  // namespace social::site
