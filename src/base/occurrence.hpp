// The result of a lookup by name: absent, once or repeated. Parsers that take the first or the last
// of two values disagree (HTTP parameter pollution), so the cases stay distinct.
#pragma once

#include <string_view>

namespace social::base {

enum class Occurrence { absent, once, repeated };

struct Found {
    Occurrence occurrence = Occurrence::absent;
    std::string_view value;  // of the only field; empty unless `once`

    [[nodiscard]] bool once() const noexcept { return occurrence == Occurrence::once; }
};

// Searches a range whose elements have the members `name` and `value`.
template <class Fields>
[[nodiscard]] Found find_by_name(const Fields& fields, std::string_view name) noexcept {
    Found found;
    for (const auto& field : fields) {
        if (field.name != name) {
            continue;
        }
        if (found.once()) {
            return {.occurrence = Occurrence::repeated, .value = {}};
        }
        found = {.occurrence = Occurrence::once, .value = field.value};
    }
    return found;
}

}  // namespace social::base
