// The store's Lua scripts, for read-modify-write operations that must be atomic. Each accesses keys
// of one slot, as a cluster requires, and sets their TTL. The scripts of owners are in
// redis_owners.cpp.
#pragma once

#include <string>
#include <string_view>

#include "redis/command.hpp"

namespace social::store::scripts {

// Prefixes `source` with the definition of `now`, the Unix time of Redis in ms.
[[nodiscard]] std::string with_now(std::string_view source);

// Removes a session. KEYS: the session. Returns its value, or nil.
[[nodiscard]] const redis::Script& take();

// Compare-and-set. KEYS: a session. ARGV: the expected generation (8 bytes), the new value, its TTL
// in ms. Returns 1 if the session was replaced, else 0.
[[nodiscard]] const redis::Script& replace();

// Compare-and-delete. KEYS: a session. ARGV: the expected generation (8 bytes). Returns 1 if the
// session was removed, else 0.
[[nodiscard]] const redis::Script& remove_unchanged();

// Acquires or extends a lease. KEYS: the lease. ARGV: the holder, its TTL in ms. Returns 1 if the
// holder has it, else 0.
[[nodiscard]] const redis::Script& claim();

// Releases a lease. KEYS: the lease. ARGV: the holder. No effect if another holder has it.
[[nodiscard]] const redis::Script& release();

// Adds a member to a sorted set. KEYS: the set. ARGV: score, member, minimum TTL of the set in ms.
[[nodiscard]] const redis::Script& schedule();

// Claims the members that are due. KEYS: a sorted set. ARGV: the maximum score, the maximum number
// of members, their new score. Returns the members.
[[nodiscard]] const redis::Script& claim_due();

// Consumes a one-time value. KEYS: a sorted set of values, by expiry. ARGV: the value, its TTL in
// ms, the maximum size of the set. Returns 0 if the value is in the set and unexpired, else 1. A
// full set evicts the value that expires first. The clock is that of Redis, so the clocks of
// instances may differ.
[[nodiscard]] const redis::Script& consume();

// Reserves a block of a quota for one holder. KEYS: the quota's hash. ARGV:
// 1. the limit of the window;
// 2. the wanted number of uses;
// 3. the number of them that is needed immediately;
// 4. the name of the holder;
// 5. the number of uses that it still holds;
// 6. the number of uses that it returns;
// 7. the TTL of the hash in ms.
//
// Returns three integers:
// 1. the granted number of uses;
// 2. the uses of all holders that are spent or needed immediately;
// 3. 1 if fewer than needed were granted, but another active holder has uses to return; else 0. A
//    holder is active for one second after its last call.
[[nodiscard]] const redis::Script& reserve();

// Counts an attempt. KEYS: the counter. ARGV: the limit, the period in ms. Returns 1 if the attempt
// was counted, else 0, and the remaining ms of the period.
[[nodiscard]] const redis::Script& attempt();

// Refunds an attempt. KEYS: the counter. A counter at zero is deleted.
[[nodiscard]] const redis::Script& refund();

}  // namespace social::store::scripts
