#include "redis/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.hpp"
#include "base/percent.hpp"

namespace social::redis {

namespace {

constexpr std::size_t kMaxHost = 253;  // octets in text form (RFC 1035 §3.1)
constexpr unsigned kMaxDatabase = 65535;

struct Scheme {
    std::string_view text;
    Topology topology;
    bool tls;
    bool path;
};
constexpr Scheme kSchemes[] = {
    {"redis://", Topology::single, false, false},
    {"rediss://", Topology::single, true, false},
    {"redis+unix://", Topology::single, false, true},
    {"redis+sentinel://", Topology::sentinel, false, false},
    {"rediss+sentinel://", Topology::sentinel, true, false},
    {"redis+cluster://", Topology::cluster, false, false},
    {"rediss+cluster://", Topology::cluster, true, false},
};

const Scheme* scheme_of(std::string_view text) noexcept {
    const auto* found = std::ranges::find_if(
        kSchemes, [text](const Scheme& scheme) { return text.starts_with(scheme.text); });
    return found == std::end(kSchemes) ? nullptr : found;
}

auto mistake(std::string_view what) {
    return fail(Kind::bad_request, what);
}

std::optional<unsigned> number(std::string_view text, unsigned most) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size() && !text.empty();
    return whole && value <= most ? std::optional(value) : std::nullopt;
}

bool is_host(std::string_view text) noexcept {
    const auto fits = [](char c) { return base::is_alnum(c) || c == '-' || c == '.' || c == '_'; };
    return !text.empty() && text.size() <= kMaxHost && std::ranges::all_of(text, fits);
}

bool is_ipv6(std::string_view text) noexcept {
    const auto fits = [](char c) { return base::hex_value(c) >= 0 || c == ':' || c == '.'; };
    return text.contains(':') && text.size() <= kMaxHost && std::ranges::all_of(text, fits);
}

Result<void> read_user(Url& url, std::string_view text) {
    const std::size_t colon = text.find(':');
    const auto user = base::percent_decode(text.substr(0, colon));
    const auto password =
        base::percent_decode(colon == std::string_view::npos ? "" : text.substr(colon + 1));
    if (!user || !password) {
        return mistake("has a malformed escape in the user or the password");
    }
    url.user = *user;
    url.password = base::Secret(*password);
    if (url.password.empty()) {
        return mistake("has a user without a password");
    }
    return {};
}

Result<void> read_database(Url& url, std::string_view text) {
    const auto database = number(text, kMaxDatabase);
    if (!database) {
        return mistake("needs a number as the database");
    }
    url.database = *database;
    return {};
}

Result<void> read_addresses(Url& url, std::string_view text) {
    const std::uint16_t port = url.topology == Topology::sentinel ? kSentinelPort : kPort;
    while (true) {
        const std::size_t comma = text.find(',');
        Result<Address> address = parse_address(text.substr(0, comma), port);
        if (!address) {
            return std::unexpected(std::move(address.error()));
        }
        url.addresses.push_back(std::move(*address));
        if (comma == std::string_view::npos) {
            break;
        }
        text.remove_prefix(comma + 1);
    }
    if (url.topology == Topology::single && url.addresses.size() > 1) {
        return mistake("names several servers, which takes redis+sentinel:// or redis+cluster://");
    }
    return {};
}

// `text` follows the authority, without the slash.
Result<void> read_path(Url& url, std::string_view text) {
    if (url.topology == Topology::sentinel) {
        const std::size_t slash = text.find('/');
        url.primary = text.substr(0, slash);
        if (!is_host(url.primary)) {
            return mistake("needs the name of the primary behind the sentinels, as in /mymaster");
        }
        text = slash == std::string_view::npos ? "" : text.substr(slash + 1);
    }
    if (text.empty()) {
        return {};
    }
    if (url.topology == Topology::cluster) {
        return mistake("names a database, and a cluster has but one");
    }
    return read_database(url, text);
}

Result<Url> read_socket(Url url, std::string_view text) {
    constexpr std::string_view kDatabase = "?db=";
    const std::size_t query = text.find('?');
    const std::string_view path = text.substr(0, query);
    constexpr std::size_t kMaxPath = 107;  // of sockaddr_un
    if (!path.starts_with('/') || path.size() > kMaxPath) {
        return mistake("needs an absolute path, as in redis+unix:///run/redis/redis.sock");
    }
    url.addresses.push_back({.host = std::string(path), .port = 0});
    if (query != std::string_view::npos) {
        const std::string_view rest = text.substr(query);
        if (!rest.starts_with(kDatabase)) {
            return mistake("knows ?db= alone behind the path of a socket");
        }
        const Result<void> read = read_database(url, rest.substr(kDatabase.size()));
        if (!read) {
            return std::unexpected(read.error());
        }
    }
    return url;
}

}  // namespace

std::string Address::text() const {
    if (is_path()) {
        return host;
    }
    const bool ipv6 = host.contains(':');
    return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool is_redis_url(std::string_view text) noexcept {
    return text.starts_with("redis") && text.contains("://");
}

Result<Address> parse_address(std::string_view text, std::uint16_t default_port) {
    std::string_view host = text;
    std::optional<std::string_view> port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || !is_ipv6(text.substr(1, end - 1))) {
            return mistake("has a malformed IPv6 address");
        }
        host = text.substr(1, end - 1);
        const std::string_view rest = text.substr(end + 1);
        if (!rest.empty() && !rest.starts_with(':')) {
            return mistake("has a malformed IPv6 address");
        }
        if (!rest.empty()) {
            port = rest.substr(1);
        }
    } else {
        const std::size_t colon = text.rfind(':');
        host = text.substr(0, colon);
        if (colon != std::string_view::npos) {
            port = text.substr(colon + 1);
        }
        // Servers announce IPv6 addresses without brackets.
        if (!is_host(host) && !is_ipv6(host)) {
            return mistake("needs a host, as in redis://127.0.0.1:6379");
        }
    }
    const auto number_of_port = port ? number(*port, 65535) : std::optional<unsigned>(default_port);
    if (!number_of_port || *number_of_port == 0) {
        return mistake("has a malformed port");
    }
    return Address{.host = std::string(host), .port = static_cast<std::uint16_t>(*number_of_port)};
}

Result<Url> parse_url(std::string_view text) {
    const Scheme* scheme = scheme_of(text);
    if (scheme == nullptr) {
        return mistake(
            "knows redis://, redis+unix://, redis+sentinel:// and redis+cluster://, and each with "
            "rediss for TLS");
    }
    Url url{.topology = scheme->topology, .tls = scheme->tls};
    text.remove_prefix(scheme->text.size());
    if (scheme->path) {
        return read_socket(std::move(url), text);
    }
    const std::size_t slash = text.find('/');
    std::string_view authority = text.substr(0, slash);
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        const Result<void> read = read_user(url, authority.substr(0, at));
        if (!read) {
            return std::unexpected(read.error());
        }
        authority.remove_prefix(at + 1);
    }
    Result<void> read = read_addresses(url, authority);
    if (read) {
        read = read_path(url, slash == std::string_view::npos ? "" : text.substr(slash + 1));
    }
    if (!read) {
        return std::unexpected(std::move(read.error()));
    }
    return url;
}

}  // namespace social::redis
