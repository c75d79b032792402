// The Redis URL of `social_store`:
//
//     redis://[user:password@]host[:port][/database]       one server
//     redis+unix:///path/to/socket[?db=database]            one server, by a Unix socket
//     redis+sentinel://host[:port],…/name[/database]        the primary of that name by Sentinel
//     redis+cluster://host[:port],…                         a cluster
//
// rediss://, rediss+sentinel:// and rediss+cluster:// use TLS. A host is a name, an IPv4 address,
// or an IPv6 address in brackets. User and password are percent-encoded. Errors never contain the
// password.
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
    std::string host;            // name or IP address, IPv6 without brackets; or a socket's path
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
    std::string primary;             // its name in Sentinel
    std::string user;                // "": the default user
    base::Secret password;           // "": none
    unsigned database = 0;
};

// True if the text is a Redis URL, valid or not, and not another kind of store.
[[nodiscard]] bool is_redis_url(std::string_view text) noexcept;

// Fails with bad_request; `what` states the fault.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// Parses "host:port" or "[v6]:port". The last colon ends the host, since servers announce IPv6
// addresses without brackets. Fails with bad_request.
[[nodiscard]] Result<Address> parse_address(std::string_view text, std::uint16_t default_port);

}  // namespace social::redis
