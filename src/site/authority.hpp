// The scheme, host and port that an origin and a redirectUrl have in common: one
// grammar for both, so that equal text means equal place.
//
// Hosts are ASCII names (an international name in its punycode form), IPv4
// addresses in four decimal numbers, or bracketed IPv6 addresses in the form of
// RFC 5952. Every other spelling of an address, which browsers would read as one, is
// refused. `what` of an error says what is wrong without quoting the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace social::site {

inline constexpr std::size_t kMaxHost = 253;  // octets (RFC 1035 §3.1, as text)

struct Authority {
    std::string scheme;  // "http" or "https"
    std::string host;    // lower case; IPv6 with its brackets
    std::string port;    // decimal, the default written out
};

// An absolute URL cut where its parts end; nothing is checked but the scheme.
struct UrlParts {
    std::string scheme;          // "http" or "https", lower case
    std::string_view authority;  // between "://" and the next "/", "?" or "#"
    std::string_view rest;       // from there on
};

[[nodiscard]] Result<UrlParts> split_url(std::string_view text);

// Reads "host", "host:port"; the port's default comes from `parts.scheme`.
[[nodiscard]] Result<Authority> parse_authority(const UrlParts& parts);

[[nodiscard]] std::string_view default_port(std::string_view scheme) noexcept;

}  // namespace social::site
