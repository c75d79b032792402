// JSON (RFC 8259) over jansson: bounded parsing of what others sent, typed
// readers that never throw, and compact writing that keeps the order of members.
//
// A Json is a counted reference to one value; copies share it. The empty
// reference stands for "absent": readers of it answer nothing, so that a chain
// of lookups needs one check at its end. Shared by oauth/, token/ and ngx/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

struct json_t;

namespace social::base {

struct JsonLimits {
    std::size_t bytes = 1024 * 1024;
    std::size_t depth = 64;  // arrays and objects inside one another
};

// For texts that this program has written: what was within the limits when it came stays readable,
// however deep it was wrapped since. jansson reads 2,048 levels.
inline constexpr JsonLimits kOwnJson{.bytes = std::numeric_limits<std::size_t>::max(),
                                     .depth = 1024};

class Json {
public:
    // The whole text is one object or array in UTF-8, without a duplicate name, a
    // NUL, or anything over a limit; else bad_request. The error holds nothing of the text.
    [[nodiscard]] static Result<Json> parse(std::string_view text, JsonLimits limits = {});

    [[nodiscard]] static Json object();
    [[nodiscard]] static Json array();
    [[nodiscard]] static Json string(std::string_view text);  // malformed UTF-8 throws
    [[nodiscard]] static Json integer(std::int64_t number);

    Json() noexcept = default;
    Json(const Json& other) noexcept;
    Json(Json&& other) noexcept;
    Json& operator=(Json other) noexcept;
    ~Json();

    [[nodiscard]] bool present() const noexcept { return value_ != nullptr; }
    [[nodiscard]] bool is_object() const noexcept;
    [[nodiscard]] bool is_array() const noexcept;
    [[nodiscard]] bool is_string() const noexcept;
    [[nodiscard]] bool is_boolean() const noexcept;
    [[nodiscard]] bool is_null() const noexcept;

    // Absent for what is no object, or has no such member.
    [[nodiscard]] Json member(std::string_view name) const noexcept;

    // Of an array; 0 for everything else.
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] Json at(std::size_t index) const noexcept;

    [[nodiscard]] std::optional<std::string> text() const;
    [[nodiscard]] std::optional<std::int64_t> number() const noexcept;  // integers alone
    [[nodiscard]] std::optional<bool> boolean() const noexcept;

    // Also a string of decimal digits, as several providers write numbers.
    [[nodiscard]] std::optional<std::int64_t> lenient_number() const;

    // A string, or an integer as its decimal text: ids exceed 2^53 and are never
    // calculated with.
    [[nodiscard]] std::optional<std::string> id() const;

    // For building. set() on an object and push() on an array keep the order of calls; an
    // absent value is left out. Throw std::invalid_argument on any other value.
    void set(std::string_view name, const Json& value);
    void set(std::string_view name, std::string_view text) { set(name, string(text)); }
    void push(const Json& value);

    // Compact.
    [[nodiscard]] std::string dump() const;

private:
    explicit Json(json_t* owned) noexcept : value_(owned) {}
    [[nodiscard]] static Json made(json_t* owned);  // std::bad_alloc for nullptr

    json_t* value_ = nullptr;
};

// `text` as a JSON string with its quotes. Malformed UTF-8 becomes U+FFFD; "<", ">",
// "&", U+2028 and U+2029 are escaped, so that it is safe inside a script element, too.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace social::base
