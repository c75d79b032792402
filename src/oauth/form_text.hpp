// A query or a form body under construction: names are ours, values are encoded
// one by one, so that no value can bring a parameter of its own.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/percent.hpp"

namespace social::oauth {

struct Parameter {
    std::string_view name;
    std::string_view value;
};

class FormText {
public:
    FormText() = default;

    // Continues `url`: the first parameter follows "?", or "&" where it has a query.
    explicit FormText(std::string url)
        : text_(std::move(url)), between_(text_.find('?') == std::string::npos ? '?' : '&') {}

    FormText& add(const Parameter& parameter) {
        if (!text_.empty()) {
            text_ += between_;
        }
        between_ = '&';
        text_ += parameter.name;
        text_ += '=';
        // "%20" is read as a space in a query and in a form alike, "+" only in a form.
        text_ += base::percent_encode(parameter.value);
        return *this;
    }

    // Appends parameters that are encoded already; nothing for an empty text.
    FormText& append(std::string_view parameters) {
        if (!parameters.empty()) {
            if (!text_.empty()) {
                text_ += between_;
            }
            between_ = '&';
            text_ += parameters;
        }
        return *this;
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
    char between_ = '&';
};

}  // namespace social::oauth
