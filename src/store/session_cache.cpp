#include "store/session_cache.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "coro/result_task.hpp"
#include "coro/wait_queue.hpp"

namespace social::store {

namespace {

constexpr std::uint64_t kMilliseconds = 1000;
constexpr std::uint64_t kAbsence = 1000;  // ms; lifetime of a negative entry

std::uint64_t now() noexcept {
    return ngx_current_msec;
}

// Another worker's cached time may be slightly ahead.
std::uint64_t age_of(const CopyHead& copy) noexcept {
    return now() - std::min(copy.asked_at, now());
}

}  // namespace

// One load from Redis, and the readers that share its result.
struct SessionCache::PendingLoad {
    PendingLoad(CopyVersion before, std::uint64_t now) : version(before), asked_at(now) {}

    CopyVersion version;  // before Redis was asked
    std::uint64_t asked_at;
    flow::WaitQueue<Answer> readers;
};

SessionCache::~SessionCache() = default;

std::optional<CopyValue> SessionCache::copy_of(Key key) {
    std::string bytes;
    if (!memory_.try_load(key, bytes)) {
        return std::nullopt;
    }
    return to_copy(std::move(bytes));
}

bool SessionCache::is_fresh(Key key, const CopyHead& copy) const noexcept {
    const std::uint64_t age = age_of(copy);
    const bool current = copy.epoch == memory_.copy_version(key).epoch;
    switch (copy.kind) {
        case CopyKind::session:
            return current && age < static_cast<std::uint64_t>(settings_.ttl) * kMilliseconds;
        case CopyKind::absent:
            return current && age < kAbsence && settings_.ttl > 0;
    }
    return false;
}

bool SessionCache::is_usable(const CopyHead& copy) const noexcept {
    const auto most = static_cast<std::uint64_t>(settings_.ttl + settings_.stale) * kMilliseconds;
    return copy.kind == CopyKind::session && settings_.stale > 0 && age_of(copy) < most;
}

void SessionCache::put_if_unchanged(Key key, const PendingLoad& load,
                                    const std::optional<std::string>& sealed) {
    const CopyKind kind = sealed ? CopyKind::session : CopyKind::absent;
    const CopyHead head{.asked_at = load.asked_at, .epoch = load.version.epoch, .kind = kind};
    flow::StoredSession copy;
    copy.key = key;
    copy.sealed = to_bytes({.head = head, .sealed = sealed.value_or("")});
    copy.expires_at = ngx_time() + (sealed ? settings_.ttl + settings_.stale + 1 : 2);
    memory_.put_copy_if_unchanged(copy, load.version);
}

flow::Task<void> SessionCache::fetch(session::StoreKey key, std::shared_ptr<PendingLoad> load) {
    Answer answer = co_await flow::as_result(RedisStore::load(key));
    const auto pending = loads_.find(key);
    if (pending != loads_.end() && pending->second == load) {
        loads_.erase(pending);
    }
    load->readers.resolve_all(answer);
    if (answer) {
        put_if_unchanged(key, *load, *answer);
    }
}

// A load that began before the session was changed is not shared with readers that come after it.
flow::Task<SessionCache::Answer> SessionCache::ask(session::StoreKey key) {
    const CopyVersion version = memory_.copy_version(key);
    std::shared_ptr<PendingLoad>& known = loads_[key];
    if (!known || known->version != version) {
        auto begun = std::make_shared<PendingLoad>(version, now());
        background_.spawn(fetch(key, begun));
        known = std::move(begun);
    }
    const std::shared_ptr<PendingLoad> load = known;
    flow::WaitQueue<Answer>::Waiter reader(load->readers, background_);
    Answer answer = co_await reader;
    co_return answer;
}

flow::Task<flow::CachedSession> SessionCache::load_cached(session::StoreKey key) {
    std::optional<CopyValue> known = copy_of(key);
    flow::CachedSession copy;
    if (known && is_fresh(key, known->head)) {
        if (known->head.kind == CopyKind::session) {
            copy.sealed = std::move(known->sealed);
        }
        co_return copy;
    }
    Answer answer = co_await ask(key);
    if (answer) {
        copy.sealed = std::move(*answer);
        copy.cache_status = session::CacheStatus::miss;
        co_return copy;
    }
    known = copy_of(key);  // it may have been invalidated during the load
    if (!known || !is_usable(known->head)) {
        throw flow::Failure(std::move(answer.error()));
    }
    copy.sealed = std::move(known->sealed);
    copy.cache_status = session::CacheStatus::stale;
    co_return copy;
}

void SessionCache::invalidate(const session::StoreKey& key) noexcept {
    memory_.invalidate_copy(key);
}

bool SessionCache::is_cached(const session::StoreKey& key, std::string_view sealing) {
    std::array<char, kCopyHeadSize + session::kMaxSealingBytes> bytes;
    const std::size_t size = kCopyHeadSize + std::min(sealing.size(), session::kMaxSealingBytes);
    if (!memory_.load_head(key, std::span(bytes).first(size))) {
        return false;
    }
    const std::string_view known(bytes.data(), size);
    const std::optional<CopyHead> head = head_of(known);
    return head && head->kind == CopyKind::session && is_fresh(key, *head) &&
           known.substr(kCopyHeadSize) == sealing;
}

flow::Task<bool> SessionCache::save(flow::StoredSession entry,
                                    std::chrono::milliseconds token_age) {
    const session::StoreKey key = entry.key;
    const bool saved = co_await RedisStore::save(std::move(entry), token_age);
    invalidate(key);
    co_return saved;
}

// A failed command may have been executed, so the entry is invalidated in any case.
flow::Task<bool> SessionCache::replace(flow::StoredSession entry, std::uint64_t expected) {
    const session::StoreKey key = entry.key;
    const Result<bool> replaced =
        co_await flow::as_result(RedisStore::replace(std::move(entry), expected));
    invalidate(key);
    co_return flow::value(replaced);
}

flow::Task<std::optional<std::string>> SessionCache::remove(session::StoreKey key) {
    Result<std::optional<std::string>> removed = co_await flow::as_result(RedisStore::remove(key));
    invalidate(key);
    co_return flow::value(std::move(removed));
}

flow::Task<bool> SessionCache::remove_unchanged(session::StoreKey key, std::uint64_t expected) {
    const Result<bool> removed =
        co_await flow::as_result(RedisStore::remove_unchanged(key, expected));
    invalidate(key);
    co_return flow::value(removed);
}

// Redis notifies all machines, but this one must not serve the sessions until then.
flow::Task<std::vector<session::StoreKey>> SessionCache::remove_owner(flow::Owner owner) {
    std::vector<session::StoreKey> removed = co_await RedisStore::remove_owner(std::move(owner));
    for (const session::StoreKey& key : removed) {
        invalidate(key);
    }
    co_return removed;
}

}  // namespace social::store
