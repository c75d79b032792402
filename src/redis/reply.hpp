// A Redis reply as a value. hiredis frees its replies when its callback returns, but callers resume
// later.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
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

    // The elements of an array of exactly `Count` non-negative integers. Returns nullopt for any
    // other reply.
    template <std::size_t Count>
    [[nodiscard]] std::optional<std::array<std::uint64_t, Count>> counts() const noexcept {
        std::array<std::uint64_t, Count> numbers{};
        if (type != Type::array || elements.size() != Count) {
            return std::nullopt;
        }
        for (std::size_t i = 0; i < Count; ++i) {
            if (!elements[i].is_integer() || elements[i].integer < 0) {
                return std::nullopt;
            }
            numbers[i] = static_cast<std::uint64_t>(elements[i].integer);
        }
        return numbers;
    }

    // The first word of an error, as READONLY of "READONLY You can't write against a read only
    // replica." Empty for any other reply.
    [[nodiscard]] std::string_view error_code() const noexcept {
        return is_error() ? std::string_view(text).substr(0, text.find(' ')) : std::string_view();
    }
};

}  // namespace social::redis
