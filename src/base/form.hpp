// Parses a query string or a form body (application/x-www-form-urlencoded) into an ordered list of
// names and values.
//
// Form owns its decoded text and wipes the values on destruction, since they may be passwords or
// codes. take_field() splits the raw text without decoding it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/occurrence.hpp"

namespace social::base {

// One field of the raw text, not decoded.
struct RawField {
    std::string_view name;
    std::string_view value;
    bool has_equals = false;
};

// Takes the text before the next separator, and the separator, off `rest`. The views point into the
// text of `rest`.
[[nodiscard]] RawField take_field(std::string_view& rest,
                                  std::string_view separators = "&") noexcept;

struct FormField {
    std::string name;
    std::string value;
};

struct FormLimits {
    std::size_t bytes = 8192;  // of the raw text
    std::size_t fields = 64;
};

class Form {
public:
    Form(const Form&) = delete;
    Form(Form&&) noexcept = default;
    Form& operator=(const Form&) = delete;
    Form& operator=(Form&&) = delete;
    ~Form();

    // Returns bad_request for a malformed escape, an encoded NUL, or an exceeded limit. Skips empty
    // fields ("a=1&&b=2"). A name without "=" has an empty value.
    [[nodiscard]] static Result<Form> parse(std::string_view raw, FormLimits limits = {});

    // Names are case-sensitive.
    [[nodiscard]] Found find(std::string_view name) const noexcept {
        return find_by_name(fields_, name);
    }

    [[nodiscard]] std::span<const FormField> fields() const noexcept { return fields_; }

private:
    Form() = default;

    std::vector<FormField> fields_;
};

}  // namespace social::base
