// Escapes untrusted text for HTML. Every value in a page passes escape_html(); a link also passes
// is_safe_link() first.
#pragma once

#include <string>
#include <string_view>

namespace social::page {

// Escapes `text` for an element or a quoted attribute value. Markup characters, quotes, line ends,
// U+2028 and U+2029 become character references. Other control characters and invalid UTF-8 become
// U+FFFD. The result is always valid UTF-8.
[[nodiscard]] std::string escape_html(std::string_view text);

// True for an absolute http or https URL, and for an absolute path of this host. It must be visible
// ASCII without a backslash. Others could run script ("javascript:") or lead to another host
// ("//host", "/\host").
[[nodiscard]] bool is_safe_link(std::string_view url) noexcept;

}  // namespace social::page
