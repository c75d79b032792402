// Percent-encoding (RFC 3986 §2.1), and its variant for forms, in which a space is "+"
// (application/x-www-form-urlencoded).
//
// Decoding is strict: a "%" without two hexadecimal digits is an error. Decoded text may contain
// any octet, also NUL, CR and LF. The caller validates it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::base {

// Keeps the unreserved characters (RFC 3986 §2.3). Encodes others as "%XX" with upper-case digits,
// as OAuth 1.0a requires (RFC 5849 §3.6).
[[nodiscard]] std::string percent_encode(std::string_view text);
void append_percent_encoded(std::string& out, std::string_view text);

// Keeps "+". Returns bad_request for a malformed escape.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text);

// Encodes one name or value of a form. A space becomes "+".
[[nodiscard]] std::string form_encode(std::string_view text);

// Decodes "+" to a space. Returns bad_request for a malformed escape.
[[nodiscard]] Result<std::string> form_decode(std::string_view text);

// Decodes the escape at the start of `text`. Returns nullopt if there is none.
[[nodiscard]] std::optional<char> leading_escape(std::string_view text) noexcept;

}  // namespace social::base
