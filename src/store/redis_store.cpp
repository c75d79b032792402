#include "store/redis_store.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <tuple>
#include <utility>

#include "coro/result_task.hpp"
#include "coro/when_all.hpp"
#include "crypto/digest.hpp"
#include "redis/command.hpp"
#include "store/redis_replies.hpp"
#include "store/redis_scripts.hpp"

namespace social::store {

namespace {

constexpr std::size_t kGenerationSize = 8;
// Per set. All 256 sets use about 30 MB. More than 262,144 logins in eleven minutes evict the
// oldest values; the provider has consumed the codes of those logins.
constexpr std::uint64_t kMaxUsedValues = 1024;
constexpr std::int64_t kMilliseconds = 1000;

std::string generation_text(std::uint64_t generation) {
    std::string text(kGenerationSize, '\0');
    for (std::size_t i = 0; i < kGenerationSize; ++i) {
        text[i] = static_cast<char>(generation >> (8 * (kGenerationSize - 1 - i)));
    }
    return text;
}

std::string value_of(const flow::StoredSession& entry) {
    return generation_text(entry.generation) + entry.sealed;
}

// The sealed record of a GET reply. Returns nullopt if there is no session.
std::optional<std::string> sealed_in(redis::Reply&& reply) {
    if (reply.is_nil() || (reply.is_text() && reply.text.size() < kGenerationSize)) {
        return std::nullopt;
    }
    if (!reply.is_text()) {
        throw unexpected(reply);
    }
    reply.text.erase(0, kGenerationSize);
    return std::move(reply.text);
}

}  // namespace

std::int64_t RedisStore::life_of(const flow::StoredSession& entry) const {
    return std::max<std::int64_t>(entry.expires_at - clock_.now(), 1) * kMilliseconds;
}

redis::Command RedisStore::get(Key key) const {
    redis::Command get("GET");
    get.key(keys_.session(key)).repeatable();
    return get;
}

flow::Task<std::optional<std::string>> RedisStore::load(session::StoreKey key) {
    co_return sealed_in(co_await redis_.call(get(key)));
}

flow::Task<flow::CachedSession> RedisStore::load_cached(session::StoreKey key) {
    flow::CachedSession copy;
    copy.sealed = sealed_in(co_await redis_.call(get(key)));
    copy.cache_status = session::CacheStatus::miss;
    co_return std::move(copy);
}

flow::Task<bool> RedisStore::put(const flow::StoredSession& entry) {
    redis::Command set("SET");
    set.key(keys_.session(entry.key)).with(value_of(entry)).with("PX").with(life_of(entry));
    set.repeatable().durable();
    const redis::Reply reply = co_await redis_.call(std::move(set));
    if (reply.type != redis::Reply::Type::status) {
        throw unexpected(reply);
    }
    co_return true;
}

flow::Task<bool> RedisStore::index_by_owner(const flow::StoredSession& entry,
                                            std::chrono::milliseconds token_age) {
    if (entry.owner == 0) {
        co_return true;
    }
    RedisOwners::Joining joining{};
    joining.owner = entry.owner;
    joining.key = entry.key;
    joining.life = life_of(entry);
    joining.token_age = token_age;
    co_return co_await owners_.join(joining);
}

flow::Task<bool> RedisStore::schedule_refresh(const flow::StoredSession& entry) {
    if (entry.refresh_at == 0) {
        co_return false;
    }
    redis::Command schedule(scripts::schedule(), 1);
    schedule.key(keys_.due()).with(entry.refresh_at).with(crypto::as_text(entry.key));
    schedule.with(life_of(entry)).repeatable();
    co_return co_await number(redis_, std::move(schedule)) == 1;
}

flow::Task<bool> RedisStore::forget_refresh(Key key) {
    redis::Command remove("ZREM");
    remove.key(keys_.due()).with(crypto::as_text(key)).repeatable();
    co_return co_await number(redis_, std::move(remove)) == 1;
}

// A session is stored before it is added to its owner's set; see RedisOwners. If the latter fails,
// the session is removed: no client has its id yet.
flow::Task<bool> RedisStore::save(flow::StoredSession entry, std::chrono::milliseconds token_age) {
    static_cast<void>(co_await flow::when_all(put(entry), schedule_refresh(entry)));
    const Result<bool> joined = co_await flow::as_result(index_by_owner(entry, token_age));
    if (!joined || !*joined) {
        static_cast<void>(co_await flow::as_result(RedisStore::remove(entry.key)));
    }
    co_return flow::value(joined);
}

flow::Task<bool> RedisStore::replace(flow::StoredSession entry, std::uint64_t expected) {
    redis::Command replace(scripts::replace(), 1);
    replace.key(keys_.session(entry.key)).with(generation_text(expected)).with(value_of(entry));
    replace.with(life_of(entry)).durable();
    const std::int64_t replaced = co_await number(redis_, std::move(replace));
    if (replaced != 1) {
        co_return false;
    }
    flow::Task<bool> planned =
        entry.refresh_at != 0 ? schedule_refresh(entry) : forget_refresh(entry.key);
    static_cast<void>(co_await planned);
    co_return true;
}

flow::Task<std::optional<std::string>> RedisStore::take(Key key) {
    redis::Command take(scripts::take(), 1);
    take.key(keys_.session(key)).durable();
    co_return sealed_in(co_await redis_.call(std::move(take)));
}

flow::Task<bool> RedisStore::remove_unchanged(session::StoreKey key, std::uint64_t expected) {
    redis::Command remove(scripts::remove_unchanged(), 1);
    remove.key(keys_.session(key)).with(generation_text(expected)).durable();
    const std::int64_t removed = co_await number(redis_, std::move(remove));
    if (removed != 1) {
        co_return false;
    }
    static_cast<void>(co_await forget_refresh(key));
    co_return true;
}

// Returns the removed bytes even if the refresh schedule could not be updated: claim_due() drops
// removed sessions.
flow::Task<std::optional<std::string>> RedisStore::remove(session::StoreKey key) {
    auto [sealed, planned] =
        co_await flow::when_all(take(key), flow::as_result(forget_refresh(key)));
    co_return std::move(sealed);
}

flow::Task<bool> RedisStore::leave(flow::Departure departure) {
    return owners_.leave(std::move(departure));
}

flow::Task<void> RedisStore::end_revocation(flow::Revocation revocation) {
    return owners_.end_revocation(revocation);
}

flow::Task<std::vector<session::StoreKey>> RedisStore::remove_owner(flow::Owner owner) {
    std::vector<session::StoreKey> removed = co_await owners_.remove_all(std::move(owner));
    if (!removed.empty()) {
        redis::Command forget("ZREM");
        forget.key(keys_.due()).repeatable();
        for (const session::StoreKey& key : removed) {
            forget.with(crypto::as_text(key));
        }
        static_cast<void>(co_await number(redis_, std::move(forget)));
    }
    co_return removed;
}

flow::Task<bool> RedisStore::consume(std::string once, std::int64_t ttl) {
    const crypto::Sha256Digest digest = crypto::sha256(once);
    redis::Command consume(scripts::consume(), 1);
    consume.key(keys_.consumed_values(digest)).with(crypto::as_text(std::span(digest).first<16>()));
    consume.with(std::max<std::int64_t>(ttl, 1) * kMilliseconds).with(kMaxUsedValues).durable();
    co_return co_await number(redis_, std::move(consume)) == 1;
}

flow::Task<bool> RedisStore::exists(Key key) {
    redis::Command exists("EXISTS");
    exists.key(keys_.session(key)).repeatable();
    co_return co_await number(redis_, std::move(exists)) == 1;
}

flow::Task<std::vector<flow::DueSession>> RedisStore::claim_due(flow::DueLimits limits) {
    redis::Command take(scripts::claim_due(), 1);
    take.key(keys_.due()).with(clock_.now()).with(limits.limit);
    take.with(clock_.now() + limits.lease);
    const redis::Reply taken = co_await redis_.call(std::move(take));
    if (taken.is_error()) {
        throw unexpected(taken);
    }
    std::vector<flow::DueSession> due;
    for (const redis::Reply& member : taken.elements) {
        const std::optional<session::StoreKey> key = key_of(member);
        if (!key) {
            continue;
        }
        const bool alive = co_await exists(*key);
        if (alive) {
            due.push_back({.key = *key});
        } else {
            static_cast<void>(co_await forget_refresh(*key));
        }
    }
    co_return due;
}

flow::Task<bool> RedisStore::claim_lease(flow::LeaseClaim claim) {
    redis::Command command(scripts::claim(), 1);
    command.key(keys_.lease(claim.name)).with(claim.holder).with(claim.time.count()).repeatable();
    co_return co_await number(redis_, std::move(command)) == 1;
}

flow::Task<void> RedisStore::release_lease(flow::LeaseClaim claim) {
    redis::Command command(scripts::release(), 1);
    command.key(keys_.lease(claim.name)).with(claim.holder).repeatable();
    static_cast<void>(co_await number(redis_, std::move(command)));
}

}  // namespace social::store
