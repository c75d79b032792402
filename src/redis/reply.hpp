// What Redis answered to one command, as a value of our own: hiredis frees its replies
// when its callback returns, and callers resume later.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace social::redis {

struct Reply {
    enum class Type : std::uint8_t { nil, status, error, integer, text, array };

    Type type = Type::nil;
    std::int64_t integer = 0;
    std::string text;  // of status, error and text
    std::vector<Reply> elements;

    [[nodiscard]] bool is_nil() const noexcept { return type == Type::nil; }
    [[nodiscard]] bool is_error() const noexcept { return type == Type::error; }
    [[nodiscard]] bool is_text() const noexcept { return type == Type::text; }
    [[nodiscard]] bool is_integer() const noexcept { return type == Type::integer; }

    // The first word of an error, as in "READONLY You can't write against a read only replica."
    [[nodiscard]] std::string_view error_code() const noexcept {
        return is_error() ? std::string_view(text).substr(0, text.find(' ')) : std::string_view();
    }
};

}  // namespace social::redis
