// Parses scheme, host and port of origins and redirectUrls. Both use one grammar with one spelling
// per host, so that comparing texts is enough.
//
// A host is one of:
// 1. an ASCII name, with international names in punycode;
// 2. an IPv4 address of four decimal numbers;
// 3. a bracketed IPv6 address in the form of RFC 5952.
//
// Every other spelling of an address is refused, since browsers parse it as an address. `what` of
// an error never quotes the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::site {

inline constexpr std::size_t kMaxHost = 253;  // octets in text form (RFC 1035 §3.1)

struct Authority {
    std::string scheme;  // "http" or "https"
    std::string host;    // lower case; IPv6 with its brackets
    std::string port;    // decimal; never empty
};

// An absolute URL split into parts. Only the scheme is validated.
struct UrlParts {
    std::string scheme;          // "http" or "https", lower case
    std::string_view authority;  // between "://" and the next "/", "?" or "#"
    std::string_view rest;       // path, query and fragment
};

// Fails with bad_request if the scheme is neither http nor https. The views refer to `text`.
[[nodiscard]] Result<UrlParts> split_url(std::string_view text);

// Parses "host" or "host:port". The default port depends on `parts.scheme`. Fails with bad_request.
[[nodiscard]] Result<Authority> parse_authority(const UrlParts& parts);

// "443" for https, else "80".
[[nodiscard]] std::string_view default_port(std::string_view scheme) noexcept;

}  // namespace social::site
