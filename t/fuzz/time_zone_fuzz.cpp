// The `timezone` of a quota: a line with its name, then lines with moments. No name reaches a file
// outside the database, and the clock of a zone is that of the C library.
#include <cstdlib>
#include <ctime>
#include <string>

#include "fuzz.hpp"
#include "quota/time_zone.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr std::int64_t kLastMoment = 1LL << 36;  // of the year 4147

// The clock shows `local` or later from that moment on, and not before.
void check_moment(const site::TimeZone& zone, std::int64_t moment) {
    const std::int64_t first = zone.first_unix_time(moment);
    require(zone.local(first) >= moment && zone.local(first - 1) < moment);
    require(zone.first_unix_time(moment + 1) >= first);
    std::tm parts{};
    require(::localtime_r(&moment, &parts) != nullptr);
    require(zone.local(moment) == moment + parts.tm_gmtoff);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static site::TimeZones zones;
    std::string_view rest = text_of(data, size);
    const std::string name(take_line(rest));
    const auto zone = zones.find(name);
    if (!zone) {
        require(zone.error().kind == Kind::bad_request && zone.error().detail.contains(name));
        return 0;
    }
    require(!name.contains("..") && !name.starts_with('/') && !name.contains('\0'));
    require(*zones.find(name) == *zone);
    ::setenv("TZ", name.c_str(), 1);
    ::tzset();
    for (int i = 0; i < 4; ++i) {
        check_moment(**zone, take_number(rest) % kLastMoment);
    }
    return 0;
}
