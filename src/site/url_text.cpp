#include "site/url_text.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "base/utf8.hpp"

namespace social::site {

namespace {

// The octets that need no escape: visible ASCII except the given characters.
class RawOctets {
public:
    consteval explicit RawOctets(std::string_view refused) {
        for (int octet = 0; octet < 256; ++octet) {
            const char c = static_cast<char>(octet);
            admitted_[static_cast<std::size_t>(octet)] =
                base::is_visible(c) && !refused.contains(c);
        }
    }
    [[nodiscard]] bool admit(char c) const noexcept {
        return admitted_[static_cast<unsigned char>(c)];
    }

private:
    std::array<bool, 256> admitted_{};
};

// Browsers escape `"`, "<", ">" and "`", and replace "\" by "/" (CVE-2020-5233). They would send
// another URL than the validated one, so all parts refuse these characters.
constexpr RawOctets kInQuery("\"<>`\\");
constexpr RawOctets kInPath("\"<>`\\^{}|[]?#");
constexpr RawOctets kInFragment("\"<>`\\#");

constexpr std::size_t kEscapeSize = 3;

bool is_refused_octet(char c) noexcept {
    return base::is_control(c) || c == '/' || c == '\\';
}

// A server that decodes twice reads "%252e" as "." (double encoding). Therefore octets that are
// refused behind one escape are refused behind two. `after` follows the "%25".
bool is_double_escape(std::string_view after) noexcept {
    if (after.size() < 2 || base::hex_value(after[0]) < 0 || base::hex_value(after[1]) < 0) {
        return false;
    }
    const char octet =
        static_cast<char>(base::hex_value(after[0]) * 16 + base::hex_value(after[1]));
    return is_refused_octet(octet) || octet == '.' || octet == '%';
}

// The decoded text, for validation only. Returns nullopt for a refused character or escape.
std::optional<std::string> decoded(std::string_view text, const RawOctets& raw) {
    std::string plain;
    plain.reserve(text.size());
    while (!text.empty()) {
        const char c = text.front();
        if (c != '%') {
            if (!raw.admit(c)) {
                return std::nullopt;
            }
            plain += c;
            text.remove_prefix(1);
            continue;
        }
        const auto octet = base::leading_escape(text);
        if (!octet || is_refused_octet(*octet)) {
            return std::nullopt;
        }
        text.remove_prefix(kEscapeSize);
        if (*octet == '%' && is_double_escape(text)) {
            return std::nullopt;
        }
        plain += *octet;
    }
    return plain;
}

// True for C1 controls, U+2028, U+2029, and characters whose lowest octet is CR or LF. Software
// that truncates characters to octets would end a header line there (U+560A U+560D,
// "%E5%98%8A%E5%98%8D": response splitting).
bool is_line_break(char32_t c) noexcept {
    const bool narrows_to_break = (c & 0xff) == '\r' || (c & 0xff) == '\n';
    return c >= 0x80 && (c <= 0x9f || c == 0x2028 || c == 0x2029 || narrows_to_break);
}

bool is_harmless_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            text.remove_prefix(1);
            continue;
        }
        const auto code = base::take_code_point(text);
        if (!code || is_line_break(*code)) {
            return false;
        }
    }
    return true;
}

// Also true for "..;x": servers with path parameters cut it to ".." (RFC 3986 §3.3).
bool has_dot_segment(std::string_view path) noexcept {
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto segment = path.substr(0, path.find('/'));
        const auto name = segment.substr(0, segment.find(';'));
        if (name == "." || name == "..") {
            return true;
        }
        path.remove_prefix(segment.size());
    }
    return false;
}

Result<std::string> checked(std::string_view text, const RawOctets& raw) {
    auto plain = decoded(text, raw);
    if (!plain) {
        return fail(Kind::bad_request, "a character or an escape that is not allowed");
    }
    if (!is_harmless_utf8(*plain)) {
        return fail(Kind::bad_request, "an escape that is not allowed");
    }
    return std::move(*plain);
}

}  // namespace

Result<void> check_path(std::string_view path) {
    if (!path.empty() && path.front() != '/') {
        return fail(Kind::bad_request, "the path does not begin with a slash");
    }
    auto plain = checked(path, kInPath);
    if (!plain) {
        return std::unexpected(std::move(plain.error()));
    }
    if (has_dot_segment(*plain)) {
        return fail(Kind::bad_request, "the path has a dot segment");
    }
    return {};
}

Result<void> check_query(std::string_view query) {
    auto plain = checked(query, kInQuery);
    if (!plain) {
        return std::unexpected(std::move(plain.error()));
    }
    return {};
}

Result<void> check_fragment(std::string_view fragment) {
    auto plain = checked(fragment, kInFragment);
    if (!plain) {
        return std::unexpected(std::move(plain.error()));
    }
    return {};
}

}  // namespace social::site
