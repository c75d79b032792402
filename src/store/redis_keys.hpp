// The names of everything that the gateway keeps in Redis: the configured prefix, one letter
// for what it is, and digests in hex. No name, id or token is in one, and none can be turned
// back into a session id.
//
//     {prefix}s:…   a session, or an application's token      string
//     {prefix}d     the sessions that want refreshing         sorted set, by time
//     {prefix}o:{…} the sessions of one user of one app       sorted set, by expiry
//     {prefix}r:{…} the revocation of that user's grant       hash
//     {prefix}o:…   the sessions of one user, earlier version set
//     {prefix}f:…   a share of the used one-time values       sorted set, by expiry
//     {prefix}l:…   a lease                                   string
//     {prefix}q:…   what was used of a quota                  hash
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
    // `prefix` has no braces: they would put everything into one slot of a cluster.
    explicit RedisKeys(std::string prefix) : prefix_(std::move(prefix)) {}

    [[nodiscard]] std::string session(const session::StoreKey& key) const;
    // The key in such a name; nothing for another.
    [[nodiscard]] std::optional<session::StoreKey> session_of(std::string_view name) const;
    // What all names of sessions begin with.
    [[nodiscard]] std::string sessions() const { return prefix_ + "s:"; }
    [[nodiscard]] std::string due() const { return prefix_ + 'd'; }
    // These two are in one slot of a cluster, for scripts that touch both.
    [[nodiscard]] std::string owner(std::uint64_t owner) const;
    [[nodiscard]] std::string revocation(std::uint64_t owner) const;
    // Where earlier versions kept the sessions of an owner, in a set.
    [[nodiscard]] std::string former_owner(std::uint64_t owner) const;

    // One of 256 sets, so that they lie on all nodes of a cluster; `digest` is not empty.
    [[nodiscard]] std::string used_values(std::span<const std::uint8_t> digest) const;

    // Of names that may hold any text.
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
