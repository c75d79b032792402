#include "quota/time_zone.hpp"

#include <cctz/civil_time.h>
#include <cctz/zone_info_source.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "base/ascii.hpp"

namespace social::site {

namespace {

constexpr std::size_t kMaxFile = 256 * 1024;  // bytes; the largest file of the database has 4 KiB
constexpr std::size_t kMaxName = 64;
constexpr std::string_view kMagic = "TZif";

bool is_zone_name(std::string_view name) noexcept {
    const bool plain = std::ranges::all_of(
        name, [](char c) { return base::is_alnum(c) || std::string_view("_+-/").contains(c); });
    return plain && !name.empty() && name.size() <= kMaxName && name.front() != '/' &&
           name.back() != '/' && !name.contains("//");
}

std::optional<std::string> read_file(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error) ||
        std::filesystem::file_size(path, error) > kMaxFile || error) {
        return std::nullopt;
    }
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return file ? std::optional(std::move(content)) : std::nullopt;
}

// A TZif file in memory. The text must outlive the object.
class TzifSource final : public cctz::ZoneInfoSource {
public:
    explicit TzifSource(std::string_view tzif) noexcept : rest_(tzif) {}

    std::size_t Read(void* out, std::size_t size) override {
        const std::size_t taken = rest_.copy(static_cast<char*>(out), size);
        rest_.remove_prefix(taken);
        return taken;
    }

    int Skip(std::size_t size) override {
        if (size > rest_.size()) {
            return -1;
        }
        rest_.remove_prefix(size);
        return 0;
    }

private:
    std::string_view rest_;
};

using SourceOfName = std::function<std::unique_ptr<cctz::ZoneInfoSource>(const std::string&)>;

// CCTZ calls it with the name of a zone. This module names a zone by the contents of its file.
std::unique_ptr<cctz::ZoneInfoSource> source_of(const std::string& name, const SourceOfName&) {
    return std::make_unique<TzifSource>(name);
}

}  // namespace

Result<TimeZone> TimeZone::parse(const std::string& tzif) {
    // CCTZ has built-in zones, which are not named by contents.
    if (!tzif.starts_with(kMagic)) {
        return fail(Kind::bad_request, "it is no TZif file");
    }
    cctz::time_zone zone;
    auto& factory = cctz_extension::zone_info_source_factory;
    const auto previous = std::exchange(factory, &source_of);
    const bool loaded = cctz::load_time_zone(tzif, &zone);
    factory = previous;
    if (!loaded) {
        return fail(Kind::bad_request, "it is damaged, or counts leap seconds");
    }
    return TimeZone(zone);
}

std::int64_t TimeZone::local(std::int64_t unix_time) const noexcept {
    const cctz::time_point<cctz::seconds> time{cctz::seconds(unix_time)};
    return unix_time + zone_.lookup(time).offset;
}

std::int64_t TimeZone::first_unix_time(std::int64_t local) const noexcept {
    // As documented, convert() keeps the order of times.
    return cctz::convert(cctz::civil_second() + local, zone_).time_since_epoch().count();
}

TimeZones::TimeZones(std::string directory) : directory_(std::move(directory)) {}

Result<const TimeZone*> TimeZones::find(std::string_view name) {
    if (const auto known = zones_.find(name); known != zones_.end()) {
        return &known->second;
    }
    if (!is_zone_name(name)) {
        return fail(Kind::bad_request, "unknown time zone: write an IANA name such as Asia/Jakarta",
                    std::string(name));
    }
    const std::string path = directory_ + '/' + std::string(name);
    const auto content = read_file(path);
    if (!content) {
        return fail(Kind::bad_request,
                    "unknown time zone: write an IANA name such as Asia/Jakarta, and have the "
                    "package tzdata installed",
                    std::string(name) + ", no file " + path);
    }
    const auto zone = TimeZone::parse(*content);
    if (!zone) {
        return fail(Kind::bad_request, "a time zone file cannot be read: reinstall tzdata",
                    path + ": " + std::string(zone.error().what));
    }
    return &zones_.emplace(name, *zone).first->second;
}

}  // namespace social::site
