// Classifies Redis errors by their consequence for the client.
// https://redis.io/docs/latest/develop/reference/protocol-spec (read 2026-11-27)
#pragma once

#include <cstdint>
#include <optional>

#include "redis/reply.hpp"
#include "redis/url.hpp"

namespace social::redis {

enum class ErrorKind : std::uint8_t {
    none,          // no error, or an error of the command: the caller handles it
    moved,         // MOVED: another node has the slot permanently
    ask,           // ASK: another node has this key during a resharding
    try_again,     // TRYAGAIN: the command's keys are split between two nodes
    cluster_down,  // CLUSTERDOWN: no node has the slot
    not_primary,   // READONLY, MASTERDOWN: a replica; UNBLOCKED: became one
    refused,       // NOAUTH, WRONGPASS, NOPERM: authentication or ACL
    no_script,     // NOSCRIPT: send EVAL with the source
    unable,        // LOADING, BUSY, OOM, MISCONF, NOREPLICAS: temporary
};

[[nodiscard]] ErrorKind classify_error(const Reply& reply) noexcept;

// The target of MOVED and ASK. Without a host it is the host of the node at `answered`. Returns
// nullopt for a malformed redirection.
struct Redirection {
    std::uint16_t slot = 0;
    Address address;
};
[[nodiscard]] std::optional<Redirection> redirection(const Reply& reply, const Address& answered);

}  // namespace social::redis
