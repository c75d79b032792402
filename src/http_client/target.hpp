// Where a request may go: over TLS to anybody, in clear text to this machine
// alone. URLs also come out of answers of providers (the next page of a list, a
// key set), so this is the check against server-side request forgery. It reads a
// URL with libcurl's own parser, so that both see the same host.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "base/http_message.hpp"

namespace social::loop {

struct Target {
    std::string host;  // as libcurl normalizes it; an IPv6 address without brackets
    std::uint16_t port = 0;
    bool encrypted = true;  // https
    bool named = false;     // the host is a name that somebody has to look up
};

// Refuses what is not sent: a URL of another scheme, with a user part or with
// octets that no URL has; a method or header that could end its line.
[[nodiscard]] Result<Target> target_of(const base::HttpRequest& request);

}  // namespace social::loop
