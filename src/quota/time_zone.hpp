// A time zone of the IANA database, read by CCTZ from the system's TZif files (RFC 8536).
//
// Zones are read at configuration time. TimeZones owns them and must outlive all pointers to them.
// The process's time zone (TZ, tzset) is neither read nor changed.
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
    // Parses the contents of a TZif file. Fails with bad_request if CCTZ refuses them.
    //
    // CCTZ caches each zone until the process exits. The key is the file's contents. So a reload
    // reads a changed file, and an unchanged one costs no memory.
    [[nodiscard]] static Result<TimeZone> parse(const std::string& tzif);

    // Local time, in seconds since 1970-01-01 00:00 local time. The argument is Unix time.
    [[nodiscard]] std::int64_t local(std::int64_t unix_time) const noexcept;

    // The first Unix time whose local time is `local` or later. The function is monotonic. A
    // repeated local time means its first occurrence (RFC 5545 §3.3.5). A skipped one means the
    // moment of the change.
    [[nodiscard]] std::int64_t first_unix_time(std::int64_t local) const noexcept;

private:
    explicit TimeZone(cctz::time_zone zone) noexcept : zone_(zone) {}

    cctz::time_zone zone_;
};

class TimeZones {
public:
    explicit TimeZones(std::string directory = "/usr/share/zoneinfo");

    // The zone of an IANA name, such as "Asia/Jakarta". Fails with bad_request if there is none;
    // `detail` has the name and the remedy.
    [[nodiscard]] Result<const TimeZone*> find(std::string_view name);

private:
    std::string directory_;
    std::map<std::string, TimeZone, std::less<>> zones_;
};

}  // namespace social::site
