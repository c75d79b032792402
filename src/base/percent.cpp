#include "base/percent.hpp"

#include <cstddef>

#include "base/ascii.hpp"

namespace social::base {

namespace {

constexpr std::size_t kEscapeSize = 3;

void append_escape(std::string& out, char c) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto octet = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[octet >> 4];
    out += kDigits[octet & 0x0f];
}

Result<std::string> decode(std::string_view text, char plus) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        if (text.front() == '%') {
            const auto octet = leading_escape(text);
            if (!octet) {
                return fail(Kind::bad_request, "malformed percent-encoding");
            }
            out += *octet;
            text.remove_prefix(kEscapeSize);
        } else {
            out += text.front() == '+' ? plus : text.front();
            text.remove_prefix(1);
        }
    }
    return out;
}

}  // namespace

std::optional<char> leading_escape(std::string_view text) noexcept {
    if (text.size() < kEscapeSize || text[0] != '%') {
        return std::nullopt;
    }
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    if (high < 0 || low < 0) {
        return std::nullopt;
    }
    return static_cast<char>(high * 16 + low);
}

std::string percent_encode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
        } else {
            append_escape(out, c);
        }
    }
    return out;
}

Result<std::string> percent_decode(std::string_view text) {
    return decode(text, '+');
}

// The set that is kept is the one of the URL standard's serializer, which browsers use.
std::string form_encode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_alnum(c) || c == '*' || c == '-' || c == '.' || c == '_') {
            out += c;
        } else if (c == ' ') {
            out += '+';
        } else {
            append_escape(out, c);
        }
    }
    return out;
}

Result<std::string> form_decode(std::string_view text) {
    return decode(text, ' ');
}

}  // namespace social::base
