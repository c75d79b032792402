#include "base/percent.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.hpp"

namespace social::base {

namespace {

constexpr std::size_t kEscapeSize = 3;

// A set of octets as a table of flags.
class OctetSet {
public:
    consteval explicit OctetSet(std::string_view beside_letters_and_digits) {
        for (int octet = 0; octet < 256; ++octet) {
            const char c = static_cast<char>(octet);
            has_[static_cast<std::size_t>(octet)] =
                is_alnum(c) || beside_letters_and_digits.contains(c);
        }
    }
    [[nodiscard]] bool contains(char c) const noexcept {
        return has_[static_cast<unsigned char>(c)];
    }

private:
    std::array<bool, 256> has_{};
};

constexpr OctetSet kUnreserved("-._~");

// The set of the URL standard's serializer for forms, which browsers use.
constexpr OctetSet kKeptInForms("*-._");

// `space` replaces a space. If it is NUL, a space is escaped.
void append_encoded(std::string& out, std::string_view text, const OctetSet& kept, char space) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const std::size_t size = out.size();
    out.resize_and_overwrite(size + kEscapeSize * text.size(), [&](char* begin, std::size_t) {
        char* end = begin + size;
        for (const char c : text) {
            if (kept.contains(c)) {
                *end++ = c;
            } else if (c == ' ' && space != '\0') {
                *end++ = space;
            } else {
                const auto octet = static_cast<unsigned char>(c);
                *end++ = '%';
                *end++ = kDigits[octet >> 4];
                *end++ = kDigits[octet & 0x0f];
            }
        }
        return end - begin;
    });
}

Result<std::string> decode(std::string_view text, char plus) {
    bool well_formed = true;
    std::string out;
    out.resize_and_overwrite(text.size(), [&](char* const begin, std::size_t) {
        char* end = begin;
        while (!text.empty() && well_formed) {
            std::size_t read = 1;
            char c = text.front();
            if (c == '%') {
                const auto octet = leading_escape(text);
                well_formed = octet.has_value();
                c = octet.value_or('%');
                read = std::min(kEscapeSize, text.size());
            } else if (c == '+') {
                c = plus;
            }
            *end++ = c;
            text.remove_prefix(read);
        }
        return end - begin;
    });
    if (!well_formed) {
        return fail(Kind::bad_request, "malformed percent-encoding");
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
    append_percent_encoded(out, text);
    return out;
}

void append_percent_encoded(std::string& out, std::string_view text) {
    append_encoded(out, text, kUnreserved, '\0');
}

Result<std::string> percent_decode(std::string_view text) {
    return decode(text, '+');
}

std::string form_encode(std::string_view text) {
    std::string out;
    append_encoded(out, text, kKeptInForms, '+');
    return out;
}

Result<std::string> form_decode(std::string_view text) {
    return decode(text, ' ');
}

}  // namespace social::base
