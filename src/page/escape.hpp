// What stands between foreign text and our HTML. Everything that a page shows and
// that is not a literal of ours goes through escape_html(); every link goes
// through is_safe_link() before it. Called by page/page_template.cpp and
// page/page.cpp alone.
#pragma once

#include <string>
#include <string_view>

namespace social::page {

// `text` for the inside of an element or of a quoted attribute value. Markup
// characters, quotes, line ends and the line separators U+2028 and U+2029 become
// character references; other control characters and what is no UTF-8 become
// U+FFFD. The outcome is well-formed UTF-8 for every input.
[[nodiscard]] std::string escape_html(std::string_view text);

// True for an absolute http or https URL and for an absolute path of our own
// host, in visible ASCII without a backslash. Everything else could run script
// ("javascript:") or leave the host where nobody expects it ("//host", "/\host").
[[nodiscard]] bool is_safe_link(std::string_view url) noexcept;

}  // namespace social::page
