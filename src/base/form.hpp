// A query string or a form body (application/x-www-form-urlencoded) as an ordered
// list of names and values.
//
// Form owns its decoded text and wipes it when it dies, because it may hold a
// password or a code. take_field() walks the raw text without decoding.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/occurrence.hpp"

namespace social::base {

// One piece of the raw text, as it was written.
struct RawField {
    std::string_view name;
    std::string_view value;
    bool has_equals = false;
};

// Takes the piece in front of the next of `separators`, and that separator, off `rest`.
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

    // bad_request for a malformed escape, an encoded NUL and what is over a limit. Empty
    // pieces ("a=1&&b=2") are skipped; a name without "=" has an empty value.
    [[nodiscard]] static Result<Form> parse(std::string_view raw, FormLimits limits = {});

    // Names are compared octet by octet.
    [[nodiscard]] Found find(std::string_view name) const noexcept {
        return find_by_name(fields_, name);
    }

    [[nodiscard]] std::span<const FormField> fields() const noexcept { return fields_; }

private:
    Form() = default;

    std::vector<FormField> fields_;
};

}  // namespace social::base
