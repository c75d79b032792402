// A time zone file (RFC 8536), and the rule at its end. The input is a whole file, and a rule by
// itself. The offsets of a rule are compared with those of the C library.
#include <array>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

#include "fuzz.hpp"
#include "site/posix_tz.hpp"
#include "site/time_zone.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr std::array<std::int64_t, 7> kMoments{
    0, 951'782'400, 1'700'000'000, 1'711'846'800, 1'729'987'200, 1'798'761'600, 4'102'444'800};

void check_period(const site::OffsetPeriod& period, std::int64_t at) {
    require(period.begin <= at && at < period.end);
    require(period.offset >= -25 * 3600 && period.offset <= 26 * 3600);
}

// The clock shows `local` or later from that moment on, and not before.
void check_zone(const site::TimeZone& zone) {
    for (const std::int64_t at : kMoments) {
        const site::OffsetPeriod period = zone.period_at(at);
        check_period(period, at);
        require(zone.local(at) == at + period.offset);
        const std::int64_t first = zone.first_unix_time(at);
        require(zone.local(first) >= at && zone.local(first - 1) < at);
        require(zone.first_unix_time(at + 1) >= first);
    }
}

// A file of version 2 without transitions: UTC, and the rule.
std::string file_with(std::string_view rule) {
    constexpr std::size_t kReserved = 15;
    const std::string counts("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4", 24);
    const std::string block =
        "TZif2" + std::string(kReserved, '\0') + counts + std::string("\0\0\0\0\0\0UTC\0", 10);
    return block + block + "\n" + std::string(rule) + "\n";
}

// The C library keeps both changes in their year: rules of days from February to November whose
// clock changes within the day, and not at one moment.
bool is_common(std::string_view rule) {
    const std::size_t comma = rule.find(',');
    if (comma == std::string_view::npos) {
        return true;
    }
    std::array<int, 2> months{};
    for (int& month : months) {
        const std::size_t at = rule.find(",M");
        if (at == std::string_view::npos) {
            return false;
        }
        rule.remove_prefix(at + 2);
        std::from_chars(rule.data(), rule.data() + rule.size(), month);
        if (month < 2 || month > 11 || rule.substr(0, rule.find(',')).contains('/')) {
            return false;
        }
    }
    return months[0] != months[1];
}

void check_rule(const std::string& rule) {
    const auto zone = site::PosixTz::parse(rule);
    if (!zone) {
        return;
    }
    for (const std::int64_t at : kMoments) {
        check_period(zone->period_at(at), at);
    }
    if (!is_common(rule) || rule.contains('\0')) {
        return;
    }
    ::setenv("TZ", rule.c_str(), 1);
    ::tzset();
    for (const std::time_t at : kMoments) {
        std::tm parts{};
        require(::localtime_r(&at, &parts) != nullptr);
        require(parts.tm_gmtoff == zone->period_at(at).offset);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(text_of(data, size));
    if (const auto zone = site::TimeZone::parse(text)) {
        check_zone(*zone);
    }
    const auto with_rule = site::TimeZone::parse(file_with(text));
    require(with_rule.has_value() ==
            (text.empty() || (!text.contains('\n') && site::PosixTz::parse(text).has_value())));
    if (with_rule) {
        check_zone(*with_rule);
        check_rule(text);
    }
    return 0;
}
