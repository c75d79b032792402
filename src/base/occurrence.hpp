// The outcome of looking up a name that may be absent or repeated: whoever takes
// "the first" or "the last" of two values disagrees with somebody (parameter
// pollution), so that the three cases are kept apart.
#pragma once

#include <string_view>

namespace social::base {

enum class Occurrence { absent, once, repeated };

struct Found {
    Occurrence occurrence = Occurrence::absent;
    std::string_view value;  // of the only one; empty unless there is exactly one

    [[nodiscard]] bool once() const noexcept { return occurrence == Occurrence::once; }
};

// Searches a range of things with the members `name` and `value`.
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
