// A list with quality values, as in Accept and Accept-Language (RFC 9110
// §12.4.2 and §5.6.1), read member by member and without allocation.
#pragma once

#include <optional>
#include <string_view>

namespace social::page {

struct Preference {
    std::string_view range;  // "text/html", "id-ID", "*", …: trimmed, case as sent
    int quality = 0;         // thousandths, 0..1000
};

// Reads `list` from the front. Members without a range or with an unreadable
// quality are skipped. The list must outlive the reader and what it gave.
class QualityList {
public:
    explicit QualityList(std::string_view list) noexcept : rest_(list) {}

    // The next member, or nothing at the end.
    [[nodiscard]] std::optional<Preference> next() noexcept;

private:
    std::string_view rest_;
};

}  // namespace social::page
