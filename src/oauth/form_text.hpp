// Builds a query or a form body. Each value is percent-encoded, so that no value can inject a
// parameter.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/percent.hpp"
#include "base/secret.hpp"

namespace social::oauth {

struct Parameter {
    std::string_view name;
    std::string_view value;
};

class FormText {
public:
    FormText() = default;
    FormText(const FormText&) = default;
    FormText(FormText&&) noexcept = default;
    FormText& operator=(const FormText&) = delete;
    FormText& operator=(FormText&&) = delete;
    // The text may hold codes, tokens and client secrets.
    ~FormText() {
        if (!text_.empty()) {
            base::wipe(text_);
        }
    }

    // Appends to `url`: the first parameter follows "?", or "&" if `url` has a query.
    explicit FormText(std::string_view url) {
        constexpr std::size_t kUsualParameters = 512;  // bytes
        text_.reserve(url.size() + kUsualParameters);
        text_ = url;
        between_ = url.contains('?') ? '&' : '?';
    }

    FormText& add(const Parameter& parameter) {
        make_room(2 + parameter.name.size() + kEscape * parameter.value.size());
        if (!text_.empty()) {
            text_ += between_;
        }
        between_ = '&';
        text_ += parameter.name;
        text_ += '=';
        // "%20" is a space in queries and forms, "+" in forms only.
        base::append_percent_encoded(text_, parameter.value);
        return *this;
    }

    // Appends encoded parameters. An empty text appends nothing.
    FormText& append(std::string_view parameters) {
        if (!parameters.empty()) {
            make_room(1 + parameters.size());
            if (!text_.empty()) {
                text_ += between_;
            }
            between_ = '&';
            text_ += parameters;
        }
        return *this;
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    // Moves the text out; the object must not be used again.
    [[nodiscard]] std::string take() noexcept { return std::move(text_); }

private:
    static constexpr std::size_t kEscape = 3;  // "%41"

    // A reallocation by std::string would leave an unwiped copy of secrets in freed memory.
    void make_room(std::size_t size) {
        if (text_.capacity() - text_.size() < size) {
            std::string larger;
            larger.reserve(2 * text_.size() + size);
            larger = text_;
            base::wipe(text_);
            text_.swap(larger);
        }
    }

    std::string text_;
    char between_ = '&';
};

}  // namespace social::oauth
