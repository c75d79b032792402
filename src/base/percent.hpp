// Percent-encoding (RFC 3986 §2.1) and its variant for forms
// (application/x-www-form-urlencoded, where a space is "+").
//
// Decoding is strict: a "%" without two hexadecimal digits refuses the whole
// text. Decoded text may hold any octet, also NUL, CR and LF: whoever decodes
// decides what it admits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::base {

// Keeps the unreserved characters of RFC 3986 §2.3, writes the rest as "%XX" with
// upper-case digits; as OAuth 1.0a wants it too (RFC 5849 §3.6).
[[nodiscard]] std::string percent_encode(std::string_view text);
void append_percent_encoded(std::string& out, std::string_view text);

// "+" stays "+". bad_request for a malformed escape.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text);

// One name or value of a form.
[[nodiscard]] std::string form_encode(std::string_view text);

// "+" becomes a space. bad_request for a malformed escape.
[[nodiscard]] Result<std::string> form_decode(std::string_view text);

// The octet that the three characters at the front of `text` stand for, or
// nothing where they are no escape.
[[nodiscard]] std::optional<char> leading_escape(std::string_view text) noexcept;

}  // namespace social::base
