// A query or a form body under construction: names are ours, values are encoded
// one by one, so that no value can bring a parameter of its own.
#pragma once

#include <cstddef>
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
    explicit FormText(std::string_view url) {
        constexpr std::size_t kUsualParameters = 512;  // bytes
        text_.reserve(url.size() + kUsualParameters);
        text_ = url;
        between_ = url.contains('?') ? '&' : '?';
    }

    FormText& add(const Parameter& parameter) {
        if (!text_.empty()) {
            text_ += between_;
        }
        between_ = '&';
        text_ += parameter.name;
        text_ += '=';
        // "%20" is read as a space in a query and in a form alike, "+" only in a form.
        base::append_percent_encoded(text_, parameter.value);
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
    // The same, for the last time.
    [[nodiscard]] std::string take() noexcept { return std::move(text_); }

private:
    std::string text_;
    char between_ = '&';
};

}  // namespace social::oauth
