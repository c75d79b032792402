#include "store/redis_store.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <tuple>
#include <utility>

#include "crypto/digest.hpp"
#include "flow/failure.hpp"
#include "flow/when_all.hpp"
#include "redis/command.hpp"
#include "store/redis_scripts.hpp"

namespace social::store {

namespace {

constexpr std::size_t kGenerationSize = 8;
// In each of 256 sets, about 30 MB in all. More than 262,144 logins in eleven minutes forget the
// oldest ones, whose codes the provider has seen.
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

flow::Failure unexpected(const redis::Reply& reply) {
    std::string detail = "Redis gave what is no answer";
    if (reply.is_error()) {
        detail += ": ";
        detail += reply.error_code();
    }
    return flow::Failure(Error{.kind = Kind::store_unavailable,
                               .what = "Sessions are unavailable, please try again",
                               .detail = std::move(detail)});
}

// The sealed record of the answer to a GET; nothing where there is none.
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

std::optional<session::StoreKey> key_of(const redis::Reply& member) {
    session::StoreKey key{};
    if (!member.is_text() || member.text.size() != key.size()) {
        return std::nullopt;
    }
    std::memcpy(key.data(), member.text.data(), key.size());
    return key;
}

}  // namespace

std::int64_t RedisStore::life_of(const flow::StoredSession& entry) const {
    return std::max<std::int64_t>(entry.expires_at - clock_.now(), 1) * kMilliseconds;
}

flow::Task<std::int64_t> RedisStore::number(redis::Command command) {
    const redis::Reply reply = co_await redis_.call(std::move(command));
    if (!reply.is_integer()) {
        throw unexpected(reply);
    }
    co_return reply.integer;
}

redis::Command RedisStore::get(Key key) const {
    redis::Command get("GET");
    get.key(keys_.session(key)).repeatable();
    return get;
}

flow::Task<std::optional<std::string>> RedisStore::load(session::StoreKey key) {
    co_return sealed_in(co_await redis_.call(get(key)));
}

flow::Task<flow::Copy> RedisStore::load_copy(session::StoreKey key) {
    flow::Copy copy;
    copy.sealed = sealed_in(co_await redis_.call(get(key)));
    copy.origin = session::Origin::redis;
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

flow::Task<bool> RedisStore::enroll(const flow::StoredSession& entry) {
    if (entry.owner == 0) {
        co_return false;
    }
    redis::Command join(scripts::join(), 1);
    join.key(keys_.owner(entry.owner)).with(crypto::as_text(entry.key)).with(life_of(entry));
    join.repeatable();
    co_return co_await number(std::move(join)) == 1;
}

flow::Task<bool> RedisStore::plan_refresh(const flow::StoredSession& entry) {
    if (entry.refresh_at == 0) {
        co_return false;
    }
    redis::Command schedule(scripts::schedule(), 1);
    schedule.key(keys_.due()).with(entry.refresh_at).with(crypto::as_text(entry.key));
    schedule.with(life_of(entry)).repeatable();
    co_return co_await number(std::move(schedule)) == 1;
}

flow::Task<bool> RedisStore::forget_refresh(Key key) {
    redis::Command remove("ZREM");
    remove.key(keys_.due()).with(crypto::as_text(key)).repeatable();
    co_return co_await number(std::move(remove)) == 1;
}

flow::Task<void> RedisStore::save(flow::StoredSession entry) {
    static_cast<void>(co_await flow::when_all(put(entry), enroll(entry), plan_refresh(entry)));
}

flow::Task<bool> RedisStore::replace(flow::StoredSession entry, std::uint64_t expected) {
    redis::Command replace(scripts::replace(), 1);
    replace.key(keys_.session(entry.key)).with(generation_text(expected)).with(value_of(entry));
    replace.with(life_of(entry)).durable();
    const std::int64_t replaced = co_await number(std::move(replace));
    if (replaced != 1) {
        co_return false;
    }
    flow::Task<bool> planned =
        entry.refresh_at != 0 ? plan_refresh(entry) : forget_refresh(entry.key);
    static_cast<void>(co_await planned);
    co_return true;
}

flow::Task<bool> RedisStore::remove(session::StoreKey key) {
    redis::Command remove("DEL");
    remove.key(keys_.session(key)).durable();
    const auto [removed, planned] =
        co_await flow::when_all(number(std::move(remove)), forget_refresh(key));
    co_return removed == 1;
}

flow::Task<std::uint64_t> RedisStore::remove_owner(std::uint64_t owner) {
    if (owner == 0) {
        co_return 0;
    }
    redis::Command members("SMEMBERS");
    members.key(keys_.owner(owner)).repeatable();
    const redis::Reply all = co_await redis_.call(std::move(members));
    if (all.is_error()) {
        throw unexpected(all);
    }
    std::uint64_t count = 0;
    for (const redis::Reply& member : all.elements) {
        const std::optional<session::StoreKey> key = key_of(member);
        if (key) {
            const bool removed = co_await remove(*key);
            count += static_cast<std::uint64_t>(removed);
        }
    }
    redis::Command forget("DEL");
    forget.key(keys_.owner(owner)).repeatable();
    static_cast<void>(co_await number(std::move(forget)));
    co_return count;
}

flow::Task<bool> RedisStore::spend(std::string once, std::int64_t ttl) {
    const crypto::Sha256Digest digest = crypto::sha256(once);
    redis::Command consume(scripts::consume(), 1);
    consume.key(keys_.used_values(digest)).with(crypto::as_text(std::span(digest).first<16>()));
    consume.with(std::max<std::int64_t>(ttl, 1) * kMilliseconds).with(kMaxUsedValues).durable();
    co_return co_await number(std::move(consume)) == 1;
}

flow::Task<bool> RedisStore::exists(Key key) {
    redis::Command exists("EXISTS");
    exists.key(keys_.session(key)).repeatable();
    co_return co_await number(std::move(exists)) == 1;
}

flow::Task<std::vector<flow::DueSession>> RedisStore::take_due(flow::DueLimits limits) {
    redis::Command take(scripts::take_due(), 1);
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
    co_return co_await number(std::move(command)) == 1;
}

flow::Task<void> RedisStore::release_lease(flow::LeaseClaim claim) {
    redis::Command command(scripts::release(), 1);
    command.key(keys_.lease(claim.name)).with(claim.holder).repeatable();
    static_cast<void>(co_await number(std::move(command)));
}

}  // namespace social::store
