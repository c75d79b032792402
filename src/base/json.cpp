#include "base/json.hpp"

#include <jansson.h>
#include <malloc.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <utility>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace social::base {

namespace {

// Wipes freed memory: tokens and passwords pass through jansson.
void wipe_and_free(void* memory) noexcept {
    if (memory != nullptr) {
        OPENSSL_cleanse(memory, malloc_usable_size(memory));
        std::free(memory);
    }
}

// Runs before the first value is made. wipe_and_free() may also free earlier memory of jansson.
[[maybe_unused]] const bool kJanssonWipes = [] {
    json_set_alloc_funcs(&std::malloc, &wipe_and_free);
    return true;
}();

// jansson's parser recurses up to 2,048 levels: too much of the stack for untrusted input.
bool exceeds_depth(std::string_view text, std::size_t limit) noexcept {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') {
                ++i;
            } else if (c == '"') {
                in_string = false;
            }
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > limit) {
                return true;
            }
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return false;
}

std::optional<std::int64_t> decimal(std::string_view text) noexcept {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

void append_escape(std::string& out, char32_t code) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += "\\u";
    for (unsigned shift = 16; shift > 0;) {
        shift -= 4;
        out += kDigits[(code >> shift) & 0xf];
    }
}

constexpr bool needs_escape(char32_t code) noexcept {
    return code < 0x20 || code == 0x7f || code == U'<' || code == U'>' || code == U'&' ||
           code == 0x2028 || code == 0x2029;
}

constexpr std::size_t octet_of(char c) noexcept {
    return static_cast<unsigned char>(c);
}

// ASCII characters that need no escape in a string.
constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> plain{};
    for (char32_t code = 0; code < 0x80; ++code) {
        plain[code] = !needs_escape(code) && code != U'"' && code != U'\\';
    }
    return plain;
}();

}  // namespace

Result<Json> Json::parse(std::string_view text, JsonLimits limits) {
    if (text.size() > limits.bytes) {
        return fail(Kind::bad_request, "the JSON text is too long");
    }
    if (exceeds_depth(text, limits.depth)) {
        return fail(Kind::bad_request, "the JSON text is nested too deeply");
    }
    // The error of jansson quotes the text, which may hold tokens: ignore it.
    json_error_t unused;
    json_t* value = json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, &unused);
    if (value == nullptr) {
        return fail(Kind::bad_request, "the text is not valid JSON");
    }
    return Json(value);
}

Json Json::made(json_t* owned) {
    if (owned == nullptr) {
        throw std::bad_alloc();
    }
    return Json(owned);
}

Json Json::object() {
    return made(json_object());
}
Json Json::array() {
    return made(json_array());
}
Json Json::integer(std::int64_t number) {
    return made(json_integer(number));
}

Json Json::string(std::string_view text) {
    json_t* value = json_stringn(text.data(), text.size());
    if (value == nullptr) {
        throw std::invalid_argument("a JSON string is not UTF-8");
    }
    return Json(value);
}

Json::Json(const Json& other) noexcept : value_(json_incref(other.value_)) {}
Json::Json(Json&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}

Json& Json::operator=(Json other) noexcept {
    std::swap(value_, other.value_);
    return *this;
}

Json::~Json() {
    json_decref(value_);
}

bool Json::is_object() const noexcept {
    return json_is_object(value_);
}
bool Json::is_array() const noexcept {
    return json_is_array(value_);
}
bool Json::is_string() const noexcept {
    return json_is_string(value_);
}
bool Json::is_boolean() const noexcept {
    return json_is_boolean(value_);
}
bool Json::is_null() const noexcept {
    return json_is_null(value_);
}

Json Json::member(std::string_view name) const noexcept {
    return Json(json_incref(json_object_getn(value_, name.data(), name.size())));
}

std::size_t Json::size() const noexcept {
    return json_array_size(value_);
}

Json Json::at(std::size_t index) const noexcept {
    return Json(json_incref(json_array_get(value_, index)));
}

std::optional<std::string> Json::text() const {
    if (!is_string()) {
        return std::nullopt;
    }
    return std::string(json_string_value(value_), json_string_length(value_));
}

std::optional<std::int64_t> Json::number() const noexcept {
    if (!json_is_integer(value_)) {
        return std::nullopt;
    }
    return json_integer_value(value_);
}

std::optional<bool> Json::boolean() const noexcept {
    if (!is_boolean()) {
        return std::nullopt;
    }
    return json_is_true(value_);
}

std::optional<std::int64_t> Json::lenient_number() const {
    if (!is_string()) {
        return number();
    }
    const std::string digits = *text();
    if (digits.empty() || !std::ranges::all_of(digits, is_digit)) {
        return std::nullopt;
    }
    return decimal(digits);
}

std::optional<std::string> Json::id() const {
    if (const std::optional<std::int64_t> whole = number()) {
        return std::to_string(*whole);
    }
    return text();
}

void Json::set(std::string_view name, const Json& value) {
    if (!value.present()) {
        return;
    }
    if (json_object_setn(value_, name.data(), name.size(), value.value_) != 0) {
        throw std::invalid_argument("cannot set a member of a JSON value that is no object");
    }
}

void Json::push(const Json& value) {
    if (!value.present()) {
        return;
    }
    if (json_array_append(value_, value.value_) != 0) {
        throw std::invalid_argument("cannot append to a JSON value that is no array");
    }
}

std::string Json::dump() const {
    constexpr std::size_t kFlags = JSON_COMPACT | JSON_ENCODE_ANY;
    std::string out(json_dumpb(value_, nullptr, 0, kFlags), '\0');
    if (out.empty()) {
        throw std::invalid_argument("cannot write an absent JSON value");
    }
    json_dumpb(value_, out.data(), out.size(), kFlags);
    return out;
}

std::string json_string(std::string_view text) {
    const bool plain = std::ranges::all_of(text, [](char c) { return kPlain[octet_of(c)]; });
    std::string out;
    out.reserve(text.size() + 2);
    out += '"';
    if (plain) {
        out += text;
        out += '"';
        return out;
    }
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view before = rest;
        const std::optional<char32_t> code = take_code_point(rest);
        if (!code) {
            out += "\\ufffd";
            rest.remove_prefix(1);
        } else if (*code == U'"' || *code == U'\\') {
            out += '\\';
            out += static_cast<char>(*code);
        } else if (needs_escape(*code)) {
            append_escape(out, *code);
        } else {
            out += before.substr(0, before.size() - rest.size());
        }
    }
    out += '"';
    return out;
}

}  // namespace social::base
