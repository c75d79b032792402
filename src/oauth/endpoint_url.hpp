// The grammar of a provider's endpoint URLs: https, or http to a loopback host. The configuration
// and discovery documents are checked by it, so that secrets never leave the machine unencrypted.
#pragma once

#include <string_view>

namespace social::oauth {

// True for an absolute https URL, or http to a loopback host. It has neither userinfo nor fragment,
// and no character that must be percent-encoded (RFC 3986 §2).
[[nodiscard]] bool is_endpoint_url(std::string_view url) noexcept;

// True for localhost, 127.0.0.0/8 and ::1. `host` has neither brackets nor port.
[[nodiscard]] bool is_loopback(std::string_view host) noexcept;

}  // namespace social::oauth
