// The redirectUrl of /{provider}/auth. The grammar is stricter than any URL parser, so that no
// browser interprets an accepted URL differently (RFC 9700 §4.11). Nothing is repaired, cut or
// guessed. `detail` of an error is static text, never a part of the URL.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::site {

// Bytes after decoding, including the "/" added to an empty path.
inline constexpr std::size_t kMaxRedirectUrl = 2048;

struct RedirectUrl {
    std::string scheme;  // lower case
    std::string host;    // lower case
    std::string port;    // decimal; never empty
    std::string path;    // begins with "/", escapes kept
    std::string query;   // without "?"
    bool has_query = false;
    std::string fragment;  // without "#"
    bool has_fragment = false;
    std::string text;  // the whole URL, with "/" for an empty path
};

// The decoded value of redirectUrl in a raw query string. Fails with wrong_site if it is missing,
// empty, repeated, too long, malformed, or spelled in another way.
[[nodiscard]] Result<std::string> redirect_url_argument(std::string_view query);

// Fails with wrong_site if `text` does not match the grammar.
[[nodiscard]] Result<RedirectUrl> parse_redirect_url(std::string_view text);

// Returns `url` with sessionId added to the query. If `url` has no fragment, `fragment` ("#_=_" or
// empty) is appended.
[[nodiscard]] std::string with_session_id(const RedirectUrl& url, std::string_view session_id,
                                          std::string_view fragment);

}  // namespace social::site
