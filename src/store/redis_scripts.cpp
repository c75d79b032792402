#include "store/redis_scripts.hpp"

namespace social::store::scripts {

std::string with_now(std::string_view source) {
    constexpr std::string_view kNow = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
)lua";
    return std::string(kNow).append(source);
}

const redis::Script& take() {
    static const redis::Script script(R"lua(
local value = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return value
)lua");
    return script;
}

const redis::Script& replace() {
    static const redis::Script script(R"lua(
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
)lua");
    return script;
}

const redis::Script& remove_unchanged() {
    static const redis::Script script(R"lua(
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
)lua");
    return script;
}

const redis::Script& claim() {
    static const redis::Script script(R"lua(
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
)lua");
    return script;
}

const redis::Script& release() {
    static const redis::Script script(R"lua(
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
)lua");
    return script;
}

const redis::Script& schedule() {
    static const redis::Script script(R"lua(
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
)lua");
    return script;
}

const redis::Script& claim_due() {
    static const redis::Script script(R"lua(
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, member in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[3], member) end
return due
)lua");
    return script;
}

// Each call removes a bounded number of expired values, so that it does not block Redis after a
// burst.
const redis::Script& consume() {
    static const redis::Script script(with_now(R"lua(
local expiry = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '0')
if expiry > now then return 0 end
local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 16)
if #expired > 0 then redis.call('ZREM', KEYS[1], unpack(expired)) end
local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[3])
if over >= 0 then redis.call('ZREMRANGEBYRANK', KEYS[1], 0, over) end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
)lua"));
    return script;
}

// The granted block shrinks with the remaining quota, so that all holders get similar shares. The
// hash has a field per holder: the number of its uses, and the time of its last call.
const redis::Script& reserve() {
    static const redis::Script script(with_now(R"lua(
local limit, wanted, needed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local who, held, returned = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local known = redis.call('HMGET', KEYS[1], 'used', 'held', who)
local used = math.max(tonumber(known[1] or '0') - returned, 0)
local left = math.max(limit - used, 0)
local granted = math.min(left, math.max(needed, math.min(wanted, math.floor(left / 16))))
used = used + granted
held = math.max(held + granted - needed, 0)
local before = known[3] and tonumber(string.match(known[3], '^%d+')) or 0
local all_held = math.max(tonumber(known[2] or '0') - before + held, 0)
redis.call('HSET', KEYS[1], 'used', used, 'held', all_held)
if held > 0 then
  redis.call('HSET', KEYS[1], who, held .. ' ' .. now)
elseif known[3] then
  redis.call('HDEL', KEYS[1], who)
end
redis.call('PEXPIRE', KEYS[1], ARGV[7])
local others = 0
if granted < needed then
  local fields = redis.call('HGETALL', KEYS[1])
  for i = 1, #fields, 2 do
    local heard = string.match(fields[i + 1], '^%d+ (%d+)$')
    if fields[i] ~= who and heard and now - tonumber(heard) < 1000 then others = 1 end
  end
end
return {granted, math.max(used - all_held, 0), others}
)lua"));
    return script;
}

const redis::Script& attempt() {
    static const redis::Script script(R"lua(
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
local left = redis.call('PTTL', KEYS[1])
if left < 0 or left > tonumber(ARGV[2]) then
  left = tonumber(ARGV[2])
  redis.call('SET', KEYS[1], count, 'PX', left)
end
if count >= tonumber(ARGV[1]) then return {0, left} end
redis.call('INCR', KEYS[1])
return {1, left}
)lua");
    return script;
}

const redis::Script& refund() {
    static const redis::Script script(R"lua(
if tonumber(redis.call('GET', KEYS[1]) or '0') > 1 then return redis.call('DECR', KEYS[1]) end
redis.call('DEL', KEYS[1])
return 0
)lua");
    return script;
}

}  // namespace social::store::scripts
