// JSON (RFC 8259) on jansson: bounded parsing of untrusted text, typed readers, and compact output
// in the order of insertion.
//
// A Json is a counted reference to one value; copies share it. The empty reference means "absent":
// its readers return nullopt, so a chain of lookups needs one check at its end.
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
    std::size_t depth = 64;  // nested arrays and objects
};

// For text that this program has written: accepted input stays readable after it was nested deeper.
// jansson's limit is 2,048 levels.
inline constexpr JsonLimits kTrustedJson{.bytes = std::numeric_limits<std::size_t>::max(),
                                         .depth = 1024};

class Json {
public:
    // Requires one object or array in UTF-8, without duplicate names and NUL. Returns bad_request
    // otherwise, or if a limit is exceeded. The error contains nothing of the text.
    [[nodiscard]] static Result<Json> parse(std::string_view text, JsonLimits limits = {});

    [[nodiscard]] static Json object();
    [[nodiscard]] static Json array();
    [[nodiscard]] static Json string(std::string_view text);  // throws invalid_argument: no UTF-8
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

    // Returns absent if this is no object or has no such member.
    [[nodiscard]] Json member(std::string_view name) const noexcept;

    // The number of elements of an array, else 0.
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] Json at(std::size_t index) const noexcept;

    [[nodiscard]] std::optional<std::string> text() const;
    [[nodiscard]] std::optional<std::int64_t> number() const noexcept;  // integers only
    [[nodiscard]] std::optional<bool> boolean() const noexcept;

    // Also accepts a string of decimal digits: several providers write numbers as strings.
    [[nodiscard]] std::optional<std::int64_t> lenient_number() const;

    // Accepts a string, or an integer as its decimal text. Ids may exceed 2^53.
    [[nodiscard]] std::optional<std::string> id() const;

    // set() requires an object, push() an array; both throw std::invalid_argument otherwise. They
    // keep the order of calls and skip absent values.
    void set(std::string_view name, const Json& value);
    void set(std::string_view name, std::string_view text) { set(name, string(text)); }
    void push(const Json& value);

    // Returns compact text. Throws std::invalid_argument if the value is absent.
    [[nodiscard]] std::string dump() const;

private:
    explicit Json(json_t* owned) noexcept : value_(owned) {}
    [[nodiscard]] static Json made(json_t* owned);  // throws std::bad_alloc for nullptr

    json_t* value_ = nullptr;
};

// Quotes `text` as a JSON string. Malformed UTF-8 becomes U+FFFD. "<", ">", "&", U+2028 and U+2029
// are escaped, so the string is safe in a script element.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace social::base
