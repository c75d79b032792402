#include "quota/time_zone.hpp"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>
#include "catch.hpp"

using namespace social;
using namespace social::site;

namespace {

const TimeZone& zone(std::string_view name) {
    static TimeZones zones;
    const auto found = zones.find(name);
    REQUIRE(found);
    return **found;
}

// Seconds east of UTC.
std::int64_t offset_at(const TimeZone& zone, std::int64_t unix_time) {
    return zone.local(unix_time) - unix_time;
}

// A directory of zones that is removed at the end.
class Directory {
public:
    Directory()
        : path_(std::filesystem::temp_directory_path() /
                ("social-zones-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string path() const { return path_.string(); }

    void write(const std::string& name, const std::string& content) const {
        std::ofstream(path_ / name, std::ios::binary) << content;
    }

private:
    std::filesystem::path path_;
};

std::string big_endian(std::uint64_t value, int octets) {
    std::string out;
    for (int i = octets - 1; i >= 0; --i) {
        out += static_cast<char>((value >> (8 * i)) & 0xff);
    }
    return out;
}

struct Made {
    char version = '2';
    std::vector<std::int64_t> times = {};
    std::vector<int> indexes = {};
    std::vector<std::int32_t> offsets = {3600};
    std::uint32_t leap_seconds = 0;
    std::string footer = "\nXXX-1\n";
};

std::string header(char version, const Made& made, bool empty) {
    std::string out = "TZif";
    out += version;
    out += std::string(15, '\0');
    out += big_endian(0, 4) + big_endian(0, 4) + big_endian(empty ? 0 : made.leap_seconds, 4);
    out += big_endian(empty ? 0 : made.times.size(), 4) +
           big_endian(empty ? 1 : made.offsets.size(), 4);
    return out + big_endian(4, 4);
}

std::string tzif(const Made& made) {
    std::string out =
        header(made.version, made, true) + std::string(6, '\0') + std::string("UTC\0", 4);
    out += header(made.version, made, false);
    for (const auto time : made.times) {
        out += big_endian(static_cast<std::uint64_t>(time), 8);
    }
    for (const int index : made.indexes) {
        out += static_cast<char>(index);
    }
    for (const auto offset : made.offsets) {
        out += big_endian(static_cast<std::uint32_t>(offset), 4) + std::string(2, '\0');
    }
    return out + std::string("XXX\0", 4) + made.footer;
}

}  // namespace

TEST_CASE("offsets follow the table and, beyond it, the rule", "[quota]") {
    const TimeZone& berlin = zone("Europe/Berlin");
    CHECK(offset_at(berlin, 1774745999) == 3600);  // 2026-03-29 00:59:59 UTC
    CHECK(offset_at(berlin, 1774746000) == 7200);  // 01:00
    CHECK(offset_at(berlin, 1792889999) == 7200);  // 2026-10-25 00:59:59 UTC
    CHECK(offset_at(berlin, 1792890000) == 3600);
    CHECK(offset_at(berlin, 2216249999) == 3600);  // 2040-03-25 00:59:59 UTC
    CHECK(offset_at(berlin, 2216250000) == 7200);
    CHECK(offset_at(berlin, 2234998799) == 7200);  // 2040-10-28 00:59:59 UTC
    CHECK(offset_at(berlin, 2234998800) == 3600);
    CHECK(offset_at(zone("Asia/Jakarta"), 2216250000) == 7 * 3600);
    CHECK(offset_at(zone("UTC"), 0) == 0);
    CHECK(offset_at(zone("Etc/GMT+5"), 0) == -5 * 3600);
    CHECK(offset_at(zone("America/New_York"), 2216250000) == -4 * 3600);
}

TEST_CASE("Dublin's winter time is its daylight-saving time, with a negative amount", "[quota]") {
    CHECK(offset_at(zone("Europe/Dublin"), 2216249999) == 0);
    CHECK(offset_at(zone("Europe/Dublin"), 2216250000) == 3600);
}

TEST_CASE("a southern summer spans the turn of the year", "[quota]") {
    const TimeZone& sydney = zone("Australia/Sydney");
    CHECK(offset_at(sydney, 1767225600) == 11 * 3600);  // 2026-01-01
    CHECK(offset_at(sydney, 1782864000) == 10 * 3600);  // 2026-07-01
    CHECK(offset_at(sydney, 1798675200) == 11 * 3600);  // 2026-12-31
}

TEST_CASE("a zone may change its clock in the evening of the day before", "[quota]") {
    // Since 2024 Greenland changes on Saturday at 22:00, "the last Sunday, minus two hours".
    CHECK(offset_at(zone("America/Nuuk"), 1901149200 - 1) == -2 * 3600);
    CHECK(offset_at(zone("America/Nuuk"), 1901149200) == -1 * 3600);  // 2030-03-31 01:00 UTC
}

TEST_CASE("local times that are skipped or doubled have one Unix time", "[quota]") {
    const TimeZone& berlin = zone("Europe/Berlin");
    constexpr std::int64_t kMarch29 = 1774742400;  // midnight, as if it were UTC
    constexpr std::int64_t kOctober25 = 1792886400;
    CHECK(berlin.first_unix_time(kMarch29 + 2 * 3600 - 1) == 1774745999);
    CHECK(berlin.first_unix_time(kMarch29 + 2 * 3600) == 1774746000);
    CHECK(berlin.first_unix_time(kMarch29 + 3 * 3600 - 1) == 1774746000);
    CHECK(berlin.first_unix_time(kMarch29 + 3 * 3600) == 1774746000);
    CHECK(berlin.first_unix_time(kMarch29 + 3 * 3600 + 1) == 1774746001);
    CHECK(berlin.first_unix_time(kOctober25 + 2 * 3600) == 1792890000 - 3600);
    CHECK(berlin.first_unix_time(kOctober25 + 3 * 3600 - 1) == 1792890000 - 1);
    CHECK(berlin.first_unix_time(kOctober25 + 3 * 3600) == 1792890000 + 3600);
}

TEST_CASE("a name that is no zone is refused with name and remedy", "[quota]") {
    TimeZones zones;
    for (const std::string_view name :
         {"Europe/Nowhere", "Europe", "", "/etc/localtime", "../../../etc/passwd", "Europe/../UTC",
          "Europe/", "/UTC", "Europe//Berlin", "UTC ", "U\nTC", "zone1970.tab",
          "CET-1CEST,M3.5.0,M10.5.0/3"}) {
        CAPTURE(name);
        const auto found = zones.find(name);
        REQUIRE_FALSE(found);
        CHECK(found.error().kind == Kind::bad_request);
        CHECK_THAT(std::string(found.error().what), Catch::Contains("Asia/Jakarta"));
        CHECK_THAT(found.error().detail, Catch::StartsWith(std::string(name)));
    }
    CHECK_FALSE(zones.find(std::string(65, 'a')));
    CHECK_FALSE(zones.find(std::string_view("UTC\0", 4)));
}

TEST_CASE("a machine without tzdata is told to install it", "[quota]") {
    TimeZones zones("/nonexistent");
    const auto found = zones.find("Europe/Berlin");
    REQUIRE_FALSE(found);
    CHECK_THAT(std::string(found.error().what), Catch::Contains("tzdata"));
    CHECK_THAT(found.error().detail, Catch::Contains("/nonexistent/Europe/Berlin"));
}

TEST_CASE("a zone is read once however many sites name it", "[quota]") {
    TimeZones zones;
    CHECK(*zones.find("Asia/Jakarta") == *zones.find("Asia/Jakarta"));
}

TEST_CASE("a new configuration reads a zone file that has changed", "[quota]") {
    const Directory directory;
    const auto offset_read = [&] {
        TimeZones zones(directory.path());
        const auto found = zones.find("Here");
        REQUIRE(found);
        return offset_at(**found, 0);
    };
    directory.write("Here", tzif({.offsets = {3600}, .footer = "\nXXX-1\n"}));
    CHECK(offset_read() == 3600);
    directory.write("Here", tzif({.offsets = {7200}, .footer = "\nXXX-2\n"}));
    CHECK(offset_read() == 7200);
    directory.write("Here", "TZif, but damaged");
    CHECK_FALSE(TimeZones(directory.path()).find("Here"));
    directory.write("Here", tzif({.offsets = {3600}, .footer = "\nXXX-1\n"}));
    CHECK(offset_read() == 3600);
}

TEST_CASE("a zone of one configuration stays as it was read for it", "[quota]") {
    const Directory directory;
    directory.write("Here", tzif({.offsets = {3600}, .footer = "\nXXX-1\n"}));
    TimeZones old_zones(directory.path());
    const auto old_zone = old_zones.find("Here");
    directory.write("Here", tzif({.offsets = {7200}, .footer = "\nXXX-2\n"}));
    TimeZones new_zones(directory.path());
    const auto new_zone = new_zones.find("Here");
    REQUIRE((old_zone && new_zone));
    CHECK(offset_at(**old_zone, 0) == 3600);
    CHECK(offset_at(**new_zone, 0) == 7200);
    CHECK(*old_zones.find("Here") == *old_zone);
}

TEST_CASE("a time zone file is read up to its footer", "[quota]") {
    const auto made = TimeZone::parse(tzif({.times = {-100, 100},
                                            .indexes = {1, 0},
                                            .offsets = {3600, -7200},
                                            .footer = "\nXXX-1\n"}));
    REQUIRE(made);
    CHECK(offset_at(*made, -101) == 3600);
    CHECK(offset_at(*made, -100) == -7200);
    CHECK(offset_at(*made, 99) == -7200);
    CHECK(offset_at(*made, 100) == 3600);
    // Without a rule the last offset stays.
    const auto bare =
        TimeZone::parse(tzif({.times = {0}, .indexes = {1}, .offsets = {0, 60}, .footer = "\n\n"}));
    REQUIRE(bare);
    CHECK(offset_at(*bare, 1'000'000'000'000) == 60);
}

TEST_CASE("a damaged time zone file is refused", "[quota]") {
    CHECK(TimeZone::parse(tzif({})));
    CHECK_FALSE(TimeZone::parse(""));
    CHECK_FALSE(TimeZone::parse("TZif"));
    CHECK_FALSE(TimeZone::parse("UTC"));
    CHECK_FALSE(TimeZone::parse("Europe/Berlin"));
    CHECK_FALSE(TimeZone::parse("/usr/share/zoneinfo/Europe/Berlin"));
    CHECK_FALSE(TimeZone::parse(tzif({.offsets = {}})));
    CHECK_FALSE(TimeZone::parse(tzif({.offsets = {30 * 3600}})));
    CHECK_FALSE(TimeZone::parse(tzif({.offsets = {-2147483647 - 1}})));
    CHECK_FALSE(TimeZone::parse(tzif({.times = {0}, .indexes = {1}})));
    CHECK_FALSE(TimeZone::parse(tzif({.times = {5, 5}, .indexes = {0, 0}})));
    CHECK_FALSE(TimeZone::parse(tzif({.times = {5, 4}, .indexes = {0, 0}})));
    CHECK_FALSE(TimeZone::parse(tzif({.leap_seconds = 1})));
    for (const std::string footer : {"", "\n", "XXX-1\n", "\nXXX-1"}) {
        CAPTURE(footer);
        CHECK_FALSE(TimeZone::parse(tzif({.footer = footer})));
    }
}

TEST_CASE("a time zone file that ends early is refused wherever it ends", "[quota]") {
    std::ifstream file("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    REQUIRE(TimeZone::parse(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        if (TimeZone::parse(whole.substr(0, size))) {
            FAIL("accepted with " << size << " of " << whole.size() << " octets");
        }
    }
}
