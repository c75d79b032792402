// Where Redis is, as `social_store` says it:
//
//     redis://[user:password@]host[:port][/database]       one server
//     redis+unix:///path/to/socket[?db=database]            the same, on this machine
//     redis+sentinel://host[:port],…/name[/database]        the primary of that name
//     redis+cluster://host[:port],…                         a cluster
//
// rediss:// and so on is the same over TLS. A host is a name, an IPv4 address, or an IPv6
// address in brackets; user and password are percent-encoded. Errors never show the password.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/secret.hpp"

namespace social::redis {

inline constexpr std::uint16_t kPort = 6379;
inline constexpr std::uint16_t kSentinelPort = 26379;

struct Address {
    std::string host;            // name or address, IPv6 without brackets; the path of a socket
    std::uint16_t port = kPort;  // 0: `host` is a path

    [[nodiscard]] bool is_path() const noexcept { return port == 0; }
    // For logs: "host:port".
    [[nodiscard]] std::string text() const;
    bool operator==(const Address&) const = default;
};

enum class Topology : std::uint8_t { single, sentinel, cluster };

struct Url {
    Topology topology = Topology::single;
    bool tls = false;
    std::vector<Address> addresses;  // at least one
    std::string primary;             // the name that Sentinel knows it by
    std::string user;                // "": the default user
    base::Secret password;           // "": none
    unsigned database = 0;
};

// Whether the text means Redis at all, and not another kind of store.
[[nodiscard]] bool is_redis_url(std::string_view text) noexcept;

// bad_request; `what` says what is wrong with it.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// "host:port" or "[v6]:port", as servers announce it: the last colon ends the host.
[[nodiscard]] Result<Address> parse_address(std::string_view text, std::uint16_t default_port);

}  // namespace social::redis
