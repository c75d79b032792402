// HTML with placeholders: "{{name}}", and "{{#name}}…{{/name}}" for a section that is kept only if
// the value is not empty. Sections do not nest. Values are not expanded again, so braces in them
// are literal.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::page {

struct Placeholder {
    std::string_view name;
    std::string_view value;  // plain text; it is escaped
};

// Unknown placeholders expand to nothing.
[[nodiscard]] std::string fill_template(std::string_view text,
                                        std::span<const Placeholder> placeholders);

// Returns bad_request, with the name in `detail`, if a placeholder is not in `allowed`. Also if a
// placeholder or section is not closed.
[[nodiscard]] Result<void> check_placeholders(std::string_view text,
                                              std::span<const std::string_view> allowed);

}  // namespace social::page
