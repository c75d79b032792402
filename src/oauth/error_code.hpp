// Error codes of providers on their way into a log line or an envelope.
#pragma once

#include <string>
#include <string_view>

namespace social::oauth {

// `code` if it is a word of at most 64 letters, digits, "_", "-" and ".", else
// "unknown error": a provider's text may hold anything (RFC 6749 §5.2 admits blanks and
// markup), and a callback's text comes from whoever wrote the link.
[[nodiscard]] std::string printable_code(std::string_view code);

// The same for the title of a problem document (RFC 9457 §3.1.4), a few words of the
// same characters, as in "Too Many Requests".
[[nodiscard]] std::string printable_title(std::string_view title);

}  // namespace social::oauth
