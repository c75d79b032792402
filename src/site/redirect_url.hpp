// The redirectUrl of /{p}/auth: a grammar of our own that admits less than any
// URL parser, so that no browser can read the result in another way than we did
// (RFC 9700 §4.11). Nothing is repaired, cut or guessed; what cannot be parsed so
// is the wrong site url. `detail` of an error is fixed text, never a part of the URL.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::site {

// Bytes after decoding, with the "/" that an empty path gets.
inline constexpr std::size_t kMaxRedirectUrl = 2048;

struct RedirectUrl {
    std::string scheme;  // lower case
    std::string host;    // lower case
    std::string port;    // decimal, the default written out
    std::string path;    // begins with "/", escapes kept
    std::string query;   // without "?"
    bool has_query = false;
    std::string fragment;  // without "#"
    bool has_fragment = false;
    std::string text;  // the whole as it was admitted, "/" added for an empty path
};

// The decoded value of the one redirectUrl in a raw query string. wrong_site when it
// is missing, empty, there twice or in any other spelling.
[[nodiscard]] Result<std::string> redirect_url_argument(std::string_view query);

// wrong_site for whatever the grammar does not admit.
[[nodiscard]] Result<RedirectUrl> parse_redirect_url(std::string_view text);

// `url` with sessionId joined to its query in front of the fragment, and
// `fragment` ("#_=_" or empty) appended where there is none of its own.
[[nodiscard]] std::string with_session_id(const RedirectUrl& url, std::string_view session_id,
                                          std::string_view fragment);

}  // namespace social::site
