// What an error of Redis means for whoever asked: most speak of the server, not of the
// command. https://redis.io/docs/latest/develop/reference/protocol-spec (read 2026-11-27)
#pragma once

#include <cstdint>
#include <optional>

#include "redis/reply.hpp"
#include "redis/url.hpp"

namespace social::redis {

enum class Trouble : std::uint8_t {
    none,          // no error, or one about the command: an answer
    moved,         // MOVED: another node has the slot for good
    ask,           // ASK: another node has this key at this moment
    try_again,     // TRYAGAIN: keys of one command are on their way between two nodes
    cluster_down,  // CLUSTERDOWN: no node has the slot
    not_primary,   // READONLY, MASTERDOWN: a replica
    refused,       // NOAUTH, WRONGPASS, NOPERM: the password or its rights
    no_script,     // NOSCRIPT: the source is wanted
    unable,        // LOADING, BUSY, OOM, MISCONF, NOREPLICAS: not now
};

[[nodiscard]] Trouble trouble_of(const Reply& reply) noexcept;

// Where MOVED and ASK send the command. Without a host it is the host of the node that
// answered. Nothing for what cannot be read.
struct Redirection {
    std::uint16_t slot = 0;
    Address address;
};
[[nodiscard]] std::optional<Redirection> redirection(const Reply& reply, const Address& answered);

}  // namespace social::redis
