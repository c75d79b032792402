// Validates the target of a request: https to any host, http only to a loopback host. This check
// prevents server-side request forgery (CWE-918), since responses of providers contain URLs (next
// page, JWKS).
//
// It parses with libcurl's URL API, so that the check and the transfer use the same host.
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
    bool named = false;     // the host is a name to resolve
};

// Errors: provider_unavailable for a URL with another scheme, a user part or invalid characters.
// internal for a method or header that could inject a line (CWE-113).
[[nodiscard]] Result<Target> target_of(const base::HttpRequest& request);

}  // namespace social::loop
