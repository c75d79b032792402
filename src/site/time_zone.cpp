#include "site/time_zone.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

#include "base/ascii.hpp"

namespace social::site {

namespace {

constexpr std::size_t kMaxFile = 256 * 1024;  // the largest of the database has 4 KiB
constexpr std::size_t kMaxName = 64;

// No zone is further away from UTC (RFC 8536 §3.2).
constexpr std::int64_t kMaxEast = 26 * 3600;
constexpr std::int64_t kMaxWest = 25 * 3600;

std::unexpected<Error> malformed(std::string_view what) {
    return fail(Kind::bad_request, what);
}

// Takes big-endian numbers and blocks off a file; a short file makes `ok` false for good.
class Cursor {
public:
    explicit Cursor(std::string_view rest) noexcept : rest_(rest) {}

    std::string_view block(std::uint64_t size) noexcept {
        if (size > rest_.size()) {
            ok_ = false;
            rest_ = {};
            return {};
        }
        const auto taken = rest_.substr(0, static_cast<std::size_t>(size));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    template <class Number>
    Number number() noexcept {
        std::uint64_t value = 0;
        for (const char c : block(sizeof(Number))) {
            value = (value << 8) | static_cast<unsigned char>(c);
        }
        return static_cast<Number>(value);
    }

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

private:
    std::string_view rest_;
    bool ok_ = true;
};

// RFC 8536 §3.1.
struct Header {
    char version = 0;
    std::uint64_t ut_flags = 0;
    std::uint64_t standard_flags = 0;
    std::uint64_t leap_seconds = 0;
    std::uint64_t transitions = 0;
    std::uint64_t types = 0;
    std::uint64_t designation_octets = 0;

    [[nodiscard]] std::uint64_t first_data_block_size() const noexcept {
        return transitions * 5 + types * 6 + designation_octets + leap_seconds * 8 +
               standard_flags + ut_flags;
    }
};

std::optional<Header> take_header(Cursor& file) noexcept {
    constexpr std::size_t kReserved = 15;
    if (file.block(4) != "TZif") {
        return std::nullopt;
    }
    Header header;
    header.version = file.number<char>();
    file.block(kReserved);
    header.ut_flags = file.number<std::uint32_t>();
    header.standard_flags = file.number<std::uint32_t>();
    header.leap_seconds = file.number<std::uint32_t>();
    header.transitions = file.number<std::uint32_t>();
    header.types = file.number<std::uint32_t>();
    header.designation_octets = file.number<std::uint32_t>();
    return file.ok() ? std::optional(header) : std::nullopt;
}

std::optional<std::vector<std::int32_t>> take_offsets(std::string_view types) {
    constexpr std::size_t kTypeSize = 6;
    std::vector<std::int32_t> offsets;
    for (Cursor cursor(types); !cursor.rest().empty();) {
        const auto offset = cursor.number<std::int32_t>();
        cursor.block(kTypeSize - sizeof offset);
        if (offset < -kMaxWest || offset > kMaxEast) {
            return std::nullopt;
        }
        offsets.push_back(offset);
    }
    return offsets;
}

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

}  // namespace

Result<TimeZone> TimeZone::parse(std::string_view tzif) {
    Cursor file(tzif);
    const auto old = take_header(file);
    if (!old || old->version < '2') {
        return malformed("it is no TZif file of version 2 or later");
    }
    // The first block has 32-bit times for readers of version 1.
    file.block(old->first_data_block_size());
    const auto header = take_header(file);
    if (!header || header->types == 0) {
        return malformed("its 64-bit data is missing");
    }
    if (header->leap_seconds != 0) {
        return malformed("it counts leap seconds, which Unix time does not");
    }
    Cursor times(file.block(header->transitions * 8));
    const auto indexes = file.block(header->transitions);
    const auto offsets = take_offsets(file.block(header->types * 6));
    file.block(header->designation_octets + header->standard_flags + header->ut_flags);
    if (!file.ok() || !offsets) {
        return malformed("it is cut off or has an impossible offset");
    }

    TimeZone zone;
    zone.first_offset_ = offsets->front();
    for (const char index : indexes) {
        const auto type = static_cast<unsigned char>(index);
        const auto at = times.number<std::int64_t>();
        if (type >= offsets->size() ||
            (!zone.transitions_.empty() && at <= zone.transitions_.back().at)) {
            return malformed("its transitions are out of order");
        }
        zone.transitions_.push_back({at, (*offsets)[type]});
    }

    auto footer = file.rest();
    if (footer.size() < 2 || footer.front() != '\n' || footer.find('\n', 1) != footer.size() - 1) {
        return malformed("its footer is malformed");
    }
    footer = footer.substr(1, footer.size() - 2);
    if (!footer.empty()) {
        zone.rule_ = PosixTz::parse(footer);
        if (!zone.rule_) {
            return malformed("the rule in its footer is malformed");
        }
    }
    return zone;
}

OffsetPeriod TimeZone::period_at(std::int64_t unix_time) const noexcept {
    const auto next = std::ranges::upper_bound(transitions_, unix_time, {}, &Transition::at);
    if (next == transitions_.end() && rule_) {
        OffsetPeriod period = rule_->period_at(unix_time);
        if (!transitions_.empty()) {
            period.begin = std::max(period.begin, transitions_.back().at);
        }
        return period;
    }
    OffsetPeriod period{.offset = first_offset_};
    if (next != transitions_.end()) {
        period.end = next->at;
    }
    if (next != transitions_.begin()) {
        period.begin = std::prev(next)->at;
        period.offset = std::prev(next)->offset;
    }
    return period;
}

std::int64_t TimeZone::first_unix_time(std::int64_t local) const noexcept {
    // No clock shows `local` yet at the start of the search.
    for (std::int64_t from = local - kMaxEast - 1;;) {
        const OffsetPeriod period = period_at(from);
        const std::int64_t candidate = std::max(from, local - period.offset);
        if (candidate < period.end) {
            return candidate;
        }
        from = period.end;
    }
}

TimeZones::TimeZones(std::string directory) : directory_(std::move(directory)) {}

Result<const TimeZone*> TimeZones::find(std::string_view name) {
    if (const auto known = zones_.find(name); known != zones_.end()) {
        return known->second.get();
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
    auto zone = TimeZone::parse(*content);
    if (!zone) {
        return fail(Kind::bad_request, "a time zone file cannot be read: reinstall tzdata",
                    path + ": " + std::string(zone.error().what));
    }
    const auto added =
        zones_.emplace(name, std::make_unique<const TimeZone>(std::move(*zone))).first;
    return added->second.get();
}

}  // namespace social::site
