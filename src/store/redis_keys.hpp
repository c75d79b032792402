// The names of the gateway's Redis keys: the configured prefix, a letter for the kind, and digests
// in hex. They contain no names, ids or tokens, and reveal no session id.
//
//     {prefix}s:…   a session, or an application's token      string
//     {prefix}d     the sessions to refresh                   sorted set, by time
//     {prefix}o:{…} the sessions of one user of one app       sorted set, by expiry
//     {prefix}r:{…} the revocation of that user's grant       hash
//     {prefix}o:…   the sessions of one user, earlier version set
//     {prefix}f:…   a share of the used one-time values       sorted set, by expiry
//     {prefix}l:…   a lease                                   string
//     {prefix}q:…   the uses of a quota                       hash
//     {prefix}a:…   attempts at the token API                 string
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "session/record.hpp"

namespace social::store {

class RedisKeys {
public:
    // `prefix` has no braces: a hash tag would put all keys into one slot of a cluster.
    explicit RedisKeys(std::string prefix) : prefix_(std::move(prefix)) {}

    [[nodiscard]] std::string session(const session::StoreKey& key) const;
    // The store key of a session's name. Returns nullopt for any other name.
    [[nodiscard]] std::optional<session::StoreKey> session_of(std::string_view name) const;
    // The common prefix of all names of sessions.
    [[nodiscard]] std::string sessions() const { return prefix_ + "s:"; }
    [[nodiscard]] std::string due() const { return prefix_ + 'd'; }
    // These two are in one slot of a cluster, for scripts that access both.
    [[nodiscard]] std::string owner(std::uint64_t owner) const;
    [[nodiscard]] std::string revocation(std::uint64_t owner) const;
    // The set of an owner's sessions in earlier versions.
    [[nodiscard]] std::string former_owner(std::uint64_t owner) const;

    // One of 256 sets, which are distributed over the nodes of a cluster. `digest` is not empty.
    [[nodiscard]] std::string consumed_values(std::span<const std::uint8_t> digest) const;

    // `name` may be any bytes.
    [[nodiscard]] std::string lease(std::string_view name) const { return digested('l', name); }
    [[nodiscard]] std::string quota(std::string_view name) const { return digested('q', name); }
    [[nodiscard]] std::string attempts(std::string_view name) const { return digested('a', name); }

private:
    [[nodiscard]] std::string digested(char kind, std::string_view name) const;
    [[nodiscard]] std::string named(char kind, std::span<const std::uint8_t> id) const;
    [[nodiscard]] std::string tagged(char kind, std::uint64_t owner) const;

    std::string prefix_;
};

}  // namespace social::store
