#include "base/utf8.hpp"

#include <array>
#include <cstddef>

namespace social::base {

namespace {

// The first octet of a sequence determines its length (RFC 3629 §3).
struct Lead {
    unsigned char mask;
    unsigned char bits;
    std::size_t length;
    char32_t smallest;  // a smaller code point would be an overlong form
};

constexpr std::array<Lead, 4> kLeads{{
    {0x80, 0x00, 1, 0x0},
    {0xe0, 0xc0, 2, 0x80},
    {0xf0, 0xe0, 3, 0x800},
    {0xf8, 0xf0, 4, 0x10000},
}};

constexpr bool is_scalar(char32_t c) noexcept {
    return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& rest) noexcept {
    const auto first = static_cast<unsigned char>(rest.front());
    for (const Lead& lead : kLeads) {
        if ((first & lead.mask) != lead.bits) {
            continue;
        }
        if (rest.size() < lead.length) {
            return std::nullopt;
        }
        char32_t code = first & static_cast<unsigned char>(~lead.mask);
        for (const char c : rest.substr(1, lead.length - 1)) {
            const auto octet = static_cast<unsigned char>(c);
            if ((octet & 0xc0) != 0x80) {
                return std::nullopt;
            }
            code = (code << 6) | (octet & 0x3f);
        }
        if (code < lead.smallest || !is_scalar(code)) {
            return std::nullopt;
        }
        rest.remove_prefix(lead.length);
        return code;
    }
    return std::nullopt;
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        if (!take_code_point(text)) {
            return false;
        }
    }
    return true;
}

}  // namespace social::base
