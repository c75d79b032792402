#include "store/redis_owners.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "coro/when_all.hpp"
#include "crypto/digest.hpp"
#include "redis/command.hpp"
#include "store/redis_replies.hpp"
#include "store/redis_scripts.hpp"

namespace social::store {

namespace {

// Milliseconds for which a completed revocation is stored: longer than any login takes.
constexpr std::int64_t kRetention = 60'000;
constexpr std::size_t kFewMembers = 4;     // usually enough to find an existing session
constexpr std::size_t kManyMembers = 100;  // per command
constexpr std::chrono::milliseconds kUnchecked{-1};
constexpr std::uint64_t kNoHolder = 1;  // not the holder of any revocation

// KEYS of all scripts:
// 1. the set of an owner;
// 2. the revocation of that owner.

// ARGV: member, its TTL in ms, the age of its tokens in ms (negative: not checked). Returns 1 if
// the member was added. Returns 0 if the grant may have been revoked after its tokens were issued.
const redis::Script& join_script() {
    static const redis::Script script(scripts::with_now(R"lua(
local age = tonumber(ARGV[3])
local ends = redis.call('HMGET', KEYS[2], 'ends')[1]
if age >= 0 and ends then
  if now - age < tonumber(ends) then return 0 end
  redis.call('HDEL', KEYS[2], 'holder')
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIREAT', KEYS[1], redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])
return 1
)lua"));
    return script;
}

// ARGV:
// 1. the holder of a revocation;
// 2. its maximum duration in ms (0: no revocation);
// 3. the maximum number of members to return;
// 4. ms for which a completed revocation is stored;
// 5. and following: the members to remove.
//
// Returns 1 if no member is left and the holder has the revocation. Returns the members with the
// latest expiry if there are some. Returns 0 without a revocation, or if another holder has it.
const redis::Script& leave_script() {
    static const redis::Script script(scripts::with_now(R"lua(
local term = tonumber(ARGV[2])
redis.call('ZREM', KEYS[1], unpack(ARGV, 5))
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local longest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
if longest[2] then redis.call('PEXPIREAT', KEYS[1], longest[2]) end
if term == 0 then return 0 end
if longest[2] then return redis.call('ZRANGE', KEYS[1], -ARGV[3], -1) end
local holder = redis.call('HMGET', KEYS[2], 'holder')[1]
if holder and holder ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], 'holder', ARGV[1], 'ends', now + term)
redis.call('PEXPIRE', KEYS[2], term + ARGV[4])
return 1
)lua"));
    return script;
}

// ARGV: holder, ms for which a completed revocation is stored. Returns 0 if another holder has it.
const redis::Script& end_script() {
    static const redis::Script script(scripts::with_now(R"lua(
if redis.call('HMGET', KEYS[2], 'holder')[1] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], 'ends', now)
return redis.call('PEXPIRE', KEYS[2], ARGV[2])
)lua"));
    return script;
}

// ARGV:
// 1. the holder;
// 2. ms for which a completed revocation is stored;
// 3. the maximum number of members to return;
// 4. and following: the members to remove.
//
// Returns remaining members.
const redis::Script& empty_script() {
    static const redis::Script script(scripts::with_now(R"lua(
redis.call('HSET', KEYS[2], 'holder', ARGV[1], 'ends', now)
redis.call('PEXPIRE', KEYS[2], ARGV[2])
if ARGV[4] then redis.call('ZREM', KEYS[1], unpack(ARGV, 4)) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local longest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
if longest[2] then redis.call('PEXPIREAT', KEYS[1], longest[2]) end
return redis.call('ZRANGE', KEYS[1], 0, ARGV[3] - 1)
)lua"));
    return script;
}

void add_members(redis::Command& command, const std::vector<session::StoreKey>& keys) {
    for (const session::StoreKey& key : keys) {
        command.with(crypto::as_text(key));
    }
}

}  // namespace

redis::Command RedisOwners::script(const redis::Script& script, std::uint64_t owner) const {
    redis::Command command(script, 2);
    command.key(keys_.owner(owner)).key(keys_.revocation(owner));
    command.repeatable();
    return command;
}

// Sends one command per session, pipelined per server. The commands are not one script, since the
// sessions are in different slots of a cluster.
flow::Task<std::vector<std::int64_t>> RedisOwners::send_each(std::string_view command, Keys keys) {
    std::vector<flow::Task<std::int64_t>> asked;
    for (const session::StoreKey& key : keys) {
        redis::Command one(command);
        one.key(keys_.session(key)).repeatable();
        asked.push_back(number(redis_, std::move(one)));
    }
    co_return co_await flow::when_all(std::move(asked));
}

flow::Task<bool> RedisOwners::join(Joining joining) {
    redis::Command command = script(join_script(), joining.owner);
    command.with(crypto::as_text(joining.key)).with(joining.life);
    command.with(joining.token_age.count());
    co_return co_await number(redis_, std::move(command)) == 1;
}

flow::Task<bool> RedisOwners::leave(flow::Departure departure) {
    const std::uint64_t owner = departure.owner.hash;
    const bool revokes = departure.time.count() > 0;
    if (owner == 0) {
        co_return revokes;
    }
    if (revokes) {
        co_await migrate(departure.owner);
    }
    Keys gone{departure.key};
    for (std::size_t wanted = kFewMembers; !gone.empty(); wanted = kManyMembers) {
        redis::Command command = script(leave_script(), owner);
        command.with(departure.holder).with(departure.time.count()).with(wanted).with(kRetention);
        add_members(command, gone);
        const redis::Reply left = co_await redis_.call(std::move(command));
        if (left.is_integer()) {
            co_return left.integer == 1;
        }
        gone = keys_of(left);
        const std::vector<std::int64_t> alive = co_await send_each("EXISTS", gone);
        if (std::ranges::find(alive, 1) != alive.end()) {
            co_return false;
        }
    }
    co_return false;
}

flow::Task<void> RedisOwners::end_revocation(flow::Revocation revocation) {
    if (revocation.owner == 0) {
        co_return;
    }
    redis::Command command = script(end_script(), revocation.owner);
    command.with(revocation.holder).with(kRetention);
    static_cast<void>(co_await number(redis_, std::move(command)));
}

flow::Task<std::vector<session::StoreKey>> RedisOwners::remove_all(flow::Owner owner) {
    Keys removed;
    Keys gone;
    if (owner.hash == 0) {
        co_return removed;
    }
    co_await migrate(owner);
    do {
        redis::Command command = script(empty_script(), owner.hash);
        command.with(kNoHolder).with(kRetention).with(kManyMembers);
        add_members(command, gone);
        const redis::Reply members = co_await redis_.call(std::move(command));
        gone = keys_of(members);
        const std::vector<std::int64_t> existed = co_await send_each("DEL", gone);
        for (std::size_t i = 0; i < gone.size(); ++i) {
            if (existed[i] == 1) {
                removed.push_back(gone[i]);
            }
        }
    } while (!gone.empty());
    co_return removed;
}

flow::Task<void> RedisOwners::migrate(flow::Owner owner) {
    for (const std::uint64_t former : owner.former) {
        bool more = true;
        while (more) {
            more = co_await migrate_batch(owner.hash, keys_.former_owner(former));
        }
    }
}

// Returns true if there may be more members. A session is added to the new set before it is removed
// from the old one. So it is always in one of them.
flow::Task<bool> RedisOwners::migrate_batch(std::uint64_t owner, std::string former) {
    redis::Command some("SRANDMEMBER");
    some.key(former).with(kManyMembers).repeatable();
    const redis::Reply members = co_await redis_.call(std::move(some));
    if (members.is_error() || members.elements.empty()) {
        co_return false;
    }
    const Keys keys = keys_of(members);
    const std::vector<std::int64_t> lives = co_await send_each("PTTL", keys);
    std::vector<flow::Task<bool>> joins;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (lives[i] > 0) {
            joins.push_back(join({owner, keys[i], lives[i], kUnchecked}));
        }
    }
    static_cast<void>(co_await flow::when_all(std::move(joins)));
    redis::Command moved("SREM");
    moved.key(former).repeatable();
    for (const redis::Reply& member : members.elements) {
        moved.with(member.text);
    }
    co_return co_await number(redis_, std::move(moved)) > 0;
}

}  // namespace social::store
