// The name=value parameters of a directive, read by a table.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace social::base {

template <class Target>
struct Parameter {
    std::string_view name;  // with its "="
    Result<void> (*set)(std::string_view value, Target& target);
    bool needs_value = false;
};

// How a directive reports mistakes.
struct ParameterMistakes {
    std::string_view twice;  // static storage
    bool shows_values;       // false: a value may be a secret
};

// The names of the parameters that a directive has.
class GivenParameters {
public:
    void add(std::string_view name) { names_.push_back(name); }
    [[nodiscard]] bool has(std::string_view name) const noexcept {
        return std::ranges::find(names_, name) != names_.end();
    }

private:
    std::vector<std::string_view> names_;
};

// Sets each of `words` in `target`. Fails with bad_request if a word is unknown, repeated or
// without a value, and as its setter does.
template <class Target>
[[nodiscard]] Result<GivenParameters> set_parameters(std::span<const std::string_view> words,
                                                     std::span<const Parameter<Target>> table,
                                                     const ParameterMistakes& mistakes,
                                                     Target& target) {
    GivenParameters given;
    for (const std::string_view word : words) {
        const auto row = std::ranges::find_if(
            table, [word](const Parameter<Target>& known) { return word.starts_with(known.name); });
        if (row == table.end()) {
            const auto size = mistakes.shows_values ? word.size() : word.find('=');
            return fail(Kind::bad_request, "has an unknown parameter",
                        std::string(word.substr(0, size)));
        }
        if (given.has(row->name)) {
            return fail(Kind::bad_request, mistakes.twice,
                        std::string(mistakes.shows_values ? word : row->name));
        }
        given.add(row->name);
        const std::string_view value = word.substr(row->name.size());
        if (value.empty() && row->needs_value) {
            return fail(Kind::bad_request, "has a parameter without a value, write or remove it",
                        std::string(row->name));
        }
        if (Result<void> set = row->set(value, target); !set) {
            return std::unexpected(std::move(set.error()));
        }
    }
    return given;
}

}  // namespace social::base
