// The grammar of URLs that an operator may name for a provider. They are checked
// once, at configuration time, so that whatever is sent to them later is sent
// where the operator meant: https, or http to this very machine.
#pragma once

#include <string_view>

namespace social::oauth {

// True for an absolute https URL, or http to a loopback host, without a user part or
// fragment and without a character that belongs into an escape.
[[nodiscard]] bool is_endpoint_url(std::string_view url) noexcept;

// Of a host without brackets or port: localhost, 127.0.0.0/8 and ::1 alone.
[[nodiscard]] bool is_loopback(std::string_view host) noexcept;

}  // namespace social::oauth
