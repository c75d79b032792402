#include "oauth/endpoint_url.hpp"

#include <algorithm>
#include <charconv>

#include "base/ascii.hpp"

namespace social::oauth {

namespace {

// Visible ASCII except the characters that RFC 3986 §2 excludes.
bool admitted(char c) noexcept {
    return base::is_visible(c) &&
           std::string_view(R"("<>\^`{|})").find(c) == std::string_view::npos;
}

bool is_host(std::string_view host) noexcept {
    return !host.empty() && host.front() != '.' && host.front() != '-' &&
           std::ranges::all_of(
               host, [](char c) { return base::is_alnum(c) || c == '.' || c == '-' || c == '_'; });
}

bool is_ipv6(std::string_view host) noexcept {
    return host.size() >= 2 && std::ranges::all_of(host, [](char c) {
               return base::hex_value(c) >= 0 || c == ':' || c == '.';
           });
}

bool is_port(std::string_view port) noexcept {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    return error == std::errc{} && end == port.data() + port.size() && number > 0 &&
           number <= 65535;
}

struct Authority {
    std::string_view host;  // without brackets
    bool valid = false;
};

Authority split(std::string_view authority) noexcept {
    std::string_view host = authority;
    std::string_view behind;
    if (host.starts_with('[')) {
        const std::size_t close = host.find(']');
        if (close == std::string_view::npos) {
            return {};
        }
        behind = host.substr(close + 1);
        host = host.substr(1, close - 1);
        if (!is_ipv6(host)) {
            return {};
        }
    } else {
        const std::size_t colon = host.find(':');
        behind = colon == std::string_view::npos ? "" : host.substr(colon);
        host = host.substr(0, colon);
        if (!is_host(host)) {
            return {};
        }
    }
    const bool port_fits = behind.empty() || (behind.starts_with(':') && is_port(behind.substr(1)));
    return {.host = host, .valid = port_fits};
}

}  // namespace

bool is_loopback(std::string_view host) noexcept {
    if (base::equals_ignoring_case(host, "localhost") || host == "::1") {
        return true;
    }
    // Four numbers only: "127.0.0.1.example" is a DNS name that may resolve to any address.
    return host.starts_with("127.") && std::ranges::count(host, '.') == 3 && host.back() != '.' &&
           host.find("..") == std::string_view::npos &&
           std::ranges::all_of(host, [](char c) { return base::is_digit(c) || c == '.'; });
}

bool is_endpoint_url(std::string_view url) noexcept {
    const bool secure = base::starts_with_ignoring_case(url, "https://");
    if (!secure && !base::starts_with_ignoring_case(url, "http://")) {
        return false;
    }
    if (!std::ranges::all_of(url, admitted) || url.find('#') != std::string_view::npos) {
        return false;
    }
    const std::string_view rest = url.substr(secure ? 8 : 7);
    const Authority authority = split(rest.substr(0, rest.find_first_of("/?")));
    return authority.valid && (secure || is_loopback(authority.host));
}

}  // namespace social::oauth
