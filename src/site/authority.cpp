#include "site/authority.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/ascii.hpp"

namespace social::site {

namespace {

constexpr std::size_t kMaxLabel = 63;  // octets (RFC 1035 §2.3.4)

// True if inet_ntop() prints the parsed address as `text`: each address has one spelling.
bool is_canonical_address(int family, const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    std::array<char, INET6_ADDRSTRLEN> printed{};
    return inet_pton(family, text.c_str(), address.data()) == 1 &&
           inet_ntop(family, address.data(), printed.data(), printed.size()) != nullptr &&
           text == printed.data();
}

Result<std::string> parse_ipv6(std::string_view bracketed) {
    if (bracketed.size() < 2 || bracketed.back() != ']') {
        return fail(Kind::bad_request, "an IPv6 address must end in a bracket");
    }
    std::string address = base::lowered(bracketed.substr(1, bracketed.size() - 2));
    // No zone and no embedded IPv4 address: parsers disagree about both.
    const bool plain =
        std::ranges::all_of(address, [](char c) { return c == ':' || base::hex_value(c) >= 0; });
    if (!plain || !is_canonical_address(AF_INET6, address)) {
        return fail(Kind::bad_request, "an IPv6 address must be written as RFC 5952 says");
    }
    return '[' + address + ']';
}

// Browsers parse a host as an IPv4 address if its last label is a number, even in octal or
// hexadecimal. See "ends in a number" of the URL Standard.
bool ends_in_a_number(std::string_view host) noexcept {
    const auto dot = host.rfind('.');
    const auto last = dot == std::string_view::npos ? host : host.substr(dot + 1);
    if (std::ranges::all_of(last, base::is_digit)) {
        return true;
    }
    return last.starts_with("0x") &&
           std::ranges::all_of(last.substr(2), [](char c) { return base::hex_value(c) >= 0; });
}

Result<void> check_label(std::string_view label) {
    if (label.empty()) {
        return fail(Kind::bad_request, "a host must not have an empty label");
    }
    if (label.size() > kMaxLabel) {
        return fail(Kind::bad_request, "a label of a host has at most 63 characters");
    }
    if (label.front() == '-' || label.back() == '-') {
        return fail(Kind::bad_request, "a label of a host must not begin or end with a hyphen");
    }
    const bool ldh =
        std::ranges::all_of(label, [](char c) { return base::is_alnum(c) || c == '-'; });
    if (!ldh) {
        return fail(Kind::bad_request,
                    "a host has ASCII letters, digits, hyphens and dots only (an international "
                    "name is written in punycode, xn--…)");
    }
    return {};
}

Result<std::string> parse_name(std::string_view text) {
    if (text.empty()) {
        return fail(Kind::bad_request, "the host is missing");
    }
    if (text.size() > kMaxHost) {
        return fail(Kind::bad_request, "a host has at most 253 characters");
    }
    if (text.back() == '.') {
        return fail(Kind::bad_request, "a host must not end in a dot");
    }
    for (std::string_view rest = text;;) {
        const auto dot = rest.find('.');
        if (auto good = check_label(rest.substr(0, dot)); !good) {
            return std::unexpected(std::move(good.error()));
        }
        if (dot == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(dot + 1);
    }
    std::string host = base::lowered(text);
    if (ends_in_a_number(host) && !is_canonical_address(AF_INET, host)) {
        return fail(Kind::bad_request,
                    "an IPv4 address must be four decimal numbers without leading zeros");
    }
    return host;
}

Result<std::string> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc{} || stop != end || port == 0 || text.front() == '0') {
        return fail(Kind::bad_request, "a port is a number from 1 to 65535 without leading zeros");
    }
    return std::string(text);
}

}  // namespace

std::string_view default_port(std::string_view scheme) noexcept {
    return scheme == "https" ? "443" : "80";
}

Result<UrlParts> split_url(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || !text.substr(colon).starts_with("://")) {
        return fail(Kind::bad_request, "the scheme is missing: it begins with http:// or https://");
    }
    std::string scheme = base::lowered(text.substr(0, colon));
    if (scheme != "http" && scheme != "https") {
        return fail(Kind::bad_request, "the scheme must be http or https");
    }
    const auto after = text.substr(colon + 3);
    const auto end = std::min(after.find_first_of("/?#"), after.size());
    return UrlParts{std::move(scheme), after.substr(0, end), after.substr(end)};
}

Result<Authority> parse_authority(const UrlParts& parts) {
    const auto text = parts.authority;
    // Userinfo disguises the host, as in https://good.example@evil.example (RFC 9700 §4.11).
    if (text.contains('@')) {
        return fail(Kind::bad_request, "a user part is not allowed");
    }
    const bool bracketed = text.starts_with('[');
    const auto host_end = bracketed ? std::min(text.find(']'), text.size() - 1) + 1
                                    : std::min(text.find(':'), text.size());
    auto host =
        bracketed ? parse_ipv6(text.substr(0, host_end)) : parse_name(text.substr(0, host_end));
    if (!host) {
        return std::unexpected(std::move(host.error()));
    }
    const auto tail = text.substr(host_end);
    if (tail.empty()) {
        return Authority{parts.scheme, std::move(*host), std::string(default_port(parts.scheme))};
    }
    if (tail.front() != ':') {
        return fail(Kind::bad_request, "only a port may follow the host");
    }
    auto port = parse_port(tail.substr(1));
    if (!port) {
        return std::unexpected(std::move(port.error()));
    }
    return Authority{parts.scheme, std::move(*host), std::move(*port)};
}

}  // namespace social::site
