// Sanitizes providers' error codes for log lines and envelopes.
#pragma once

#include <string>
#include <string_view>

namespace social::oauth {

// Returns `code` if it is 1 to 64 letters, digits, "_", "-" and ".", else "unknown error".
// RFC 6749 §5.2 allows blanks and markup in a code. In a callback the code is untrusted, since
// anybody can write the link.
[[nodiscard]] std::string printable_code(std::string_view code);

// Like printable_code(), for the title of a problem document (RFC 9457 §3.1.4). Also allows
// blanks, as in "Too Many Requests".
[[nodiscard]] std::string printable_title(std::string_view title);

}  // namespace social::oauth
