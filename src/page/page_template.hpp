// HTML with placeholders: "{{name}}", and "{{#name}}…{{/name}}" for what is kept
// only where the value is not empty. Sections do not nest. A value is put in once
// and never read again, so braces in it mean nothing.
// page/page.cpp fills the built-in pages and those of the operator with it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::page {

struct Placeholder {
    std::string_view name;
    std::string_view value;  // plain text; escaped when it is put in
};

// Unknown placeholders stand for nothing.
[[nodiscard]] std::string fill_template(std::string_view text,
                                        std::span<const Placeholder> placeholders);

// bad_request where `text` names what is not in `known`, or leaves a placeholder
// or a section open; `detail` says which.
[[nodiscard]] Result<void> check_placeholders(std::string_view text,
                                              std::span<const std::string_view> known);

}  // namespace social::page
