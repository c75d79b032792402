// What Redis does for the store in one step of its own, where a round trip more would leave
// room for somebody else. Each touches keys of one slot, so it runs in a cluster as it is, and
// leaves them with a time to live. The scripts of owners are in redis_owners.cpp.
#pragma once

#include <string>
#include <string_view>

#include "redis/command.hpp"

namespace social::store::scripts {

// `source` behind the definition of `now`, the time of Redis in ms.
[[nodiscard]] std::string with_now(std::string_view source);

// KEYS: a session, which is removed. Its value; nil for none.
[[nodiscard]] const redis::Script& take();

// KEYS: a session. ARGV: the generation that must be there (8 bytes), the new value, its time
// to live in ms. 1 when it was replaced.
[[nodiscard]] const redis::Script& replace();

// KEYS: a session. ARGV: the generation that must be there (8 bytes). 1 when it was removed.
[[nodiscard]] const redis::Script& remove_unchanged();

// KEYS: a lease. ARGV: who claims it, for how many ms. 1 when it is theirs now.
[[nodiscard]] const redis::Script& claim();

// KEYS: a lease. ARGV: who has it.
[[nodiscard]] const redis::Script& release();

// KEYS: a sorted set. ARGV: score, member, how long the set must live at least, in ms.
[[nodiscard]] const redis::Script& schedule();

// KEYS: a sorted set. ARGV: the latest score, how many, the score that they get. The members.
[[nodiscard]] const redis::Script& take_due();

// KEYS: a sorted set of values, by expiry. ARGV: a value, its time to live in ms, how many values
// the set may hold. 1 unless the value is there and unexpired; the value that expires first makes
// room. Redis' clock decides, so instances need not agree on the time.
[[nodiscard]] const redis::Script& consume();

// KEYS: a quota's hash. ARGV: limit, uses that are wanted, of which are needed at once, who asks
// (a name), what they hold besides, what they give back, the hash's time to live in ms.
// Gives: uses that are granted, how many of the window are spent or needed at once, by all,
// and 1 when there is nothing left but somebody else, who was heard of in the last second, holds
// uses that may come back.
[[nodiscard]] const redis::Script& reserve();

// KEYS: a counter of attempts. ARGV: limit, period in ms. {1 when it was counted, else 0; ms
// until the period ends}.
[[nodiscard]] const redis::Script& attempt();

// KEYS: a counter of attempts. Counts one less; a counter at zero is deleted.
[[nodiscard]] const redis::Script& take_back();

}  // namespace social::store::scripts
