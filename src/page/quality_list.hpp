// Parses a list with quality values, as in Accept and Accept-Language (RFC 9110 §12.4.2 and
// §5.6.1). It allocates nothing.
#pragma once

#include <optional>
#include <string_view>

namespace social::page {

struct Preference {
    std::string_view range;  // "text/html", "id-ID", "*", …: trimmed, in the client's case
    int quality = 0;         // thousandths, 0..1000
};

// Reads `list` from the front. Skips members without a range or with a malformed quality. The views
// point into `list`, which must outlive the reader.
class QualityList {
public:
    explicit QualityList(std::string_view list) noexcept : rest_(list) {}

    // Returns the next member, or nullopt at the end.
    [[nodiscard]] std::optional<Preference> next() noexcept;

private:
    std::string_view rest_;
};

}  // namespace social::page
