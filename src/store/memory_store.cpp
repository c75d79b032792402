#include "store/memory_store.hpp"

#include <algorithm>
#include <array>

#include "coro/result_task.hpp"
#include "loop/guard.hpp"
#include "store/zone_lock.hpp"

namespace social::store {

namespace {

constexpr std::size_t kUsualSession = 4096;  // bytes; reserved before the lock is taken
constexpr std::uint64_t kSweptAtOnce = 100;  // at most about 1 ms under the lock

flow::Failure unavailable(std::string_view what) {
    return flow::Failure(Error{.kind = Kind::store_unavailable, .what = what, .detail = {}});
}

// True if the pool could allocate the memory, and it is large enough for a zone.
bool fits(const ngx_slab_pool_t& slab, std::size_t size) noexcept {
    return slab.data != nullptr && size >= MemoryZone::kMinSize;
}

}  // namespace

std::unique_ptr<MemoryStore> MemoryStore::create(ngx_conf_t* cf, ngx_module_t& module,
                                                 Zone described) {
    std::unique_ptr<MemoryStore> store(new MemoryStore);
    store->use_ = described.use;
    ngx_str_t name = ngx::copy(cf->pool, zone_name(described.use, described.contents));
    ngx_shm_zone_t* zone = ngx_shared_memory_add(cf, &name, described.size, &module);
    if (zone == nullptr || !store->key_.declare(cf, module)) {
        return nullptr;
    }
    zone->init = on_zone;
    zone->data = store.get();
    return store;
}

ngx_int_t MemoryStore::on_zone(ngx_shm_zone_t* zone, void* earlier) noexcept {
    return loop::guard(zone->shm.log, "opening the store", NGX_ERROR, [zone, earlier] {
        auto* self = static_cast<MemoryStore*>(zone->data);
        return self->open(*zone, earlier != nullptr) ? ngx_int_t{NGX_OK} : ngx_int_t{NGX_ERROR};
    });
}

// Allocates all pages of the slab pool at once. The pool's mutex and `data` stay in use. The master
// unlocks the mutex if a worker dies while it holds it.
//
// Memory of the previous configuration is not changed here. Its workers still run, and continue if
// nginx refuses the new configuration.
bool MemoryStore::open(ngx_shm_zone_t& zone, bool reused) {
    slab_ = reinterpret_cast<ngx_slab_pool_t*>(zone.shm.addr);
    if (!reused) {
        slab_->data = ngx_slab_alloc(slab_, slab_->pfree * ngx_pagesize);
    }
    auto* memory = static_cast<std::byte*>(slab_->data);
    const auto room = static_cast<std::size_t>(reinterpret_cast<std::byte*>(slab_->end) - memory);
    const std::size_t size = room / ngx_pagesize * ngx_pagesize;
    if (!fits(*slab_, size)) {
        ngx_log_error(NGX_LOG_EMERG, zone.shm.log, 0, "social: zone \"%V\" is too small",
                      &zone.shm.name);
        return false;
    }
    zone_.emplace(std::span(memory, size), use_);
    if (!reused) {
        zone_->format();
    }
    if (!zone_->formatted()) {
        ngx_log_error(NGX_LOG_EMERG, zone.shm.log, 0,
                      "social: zone \"%V\" holds another layout, restart nginx", &zone.shm.name);
        return false;
    }
    return true;
}

template <class Write>
Saved MemoryStore::written(Write write) {
    std::uint64_t evicted = 0;
    const Saved saved = locked([&](MemoryZone& zone) {
        const Saved result = write(zone);
        evicted = zone.evictions_to_report(ngx_time());
        return result;
    });
    if (evicted > 0) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "social: the session store is full, unexpired sessions evicted: %uL; a "
                      "larger size of social_store avoids that",
                      evicted);
    }
    if (saved == Saved::too_large) {
        throw unavailable("The session is too large for the store");
    }
    return saved;
}

bool MemoryStore::try_load(const session::StoreKey& key, std::string& sealed) {
    if (sealed.capacity() < kUsualSession) {
        sealed.reserve(kUsualSession);
    }
    return locked([&](MemoryZone& zone) { return zone.sessions().load(key, ngx_time(), sealed); });
}

bool MemoryStore::load_head(const session::StoreKey& key, std::span<char> head) {
    return locked(
        [&](MemoryZone& zone) { return zone.sessions().load_head(key, ngx_time(), head); });
}

bool MemoryStore::is_cached(const session::StoreKey& key, std::string_view sealing) {
    std::array<char, session::kMaxSealingBytes> head;
    const auto begin = std::span(head).first(std::min(sealing.size(), head.size()));
    return load_head(key, begin) && std::string_view(begin.data(), begin.size()) == sealing;
}

void MemoryStore::put_copy_if_unchanged(const flow::StoredSession& copy,
                                        const CopyVersion& asked) noexcept {
    locked([&](MemoryZone& zone) { return zone.put_copy_if_unchanged(copy, asked, ngx_time()); });
}

void MemoryStore::invalidate_copy(const session::StoreKey& key) noexcept {
    locked([&](MemoryZone& zone) { zone.invalidate_copy(key, ngx_time()); });
}

std::optional<std::string> MemoryStore::try_load(const session::StoreKey& key) {
    std::string sealed;
    return try_load(key, sealed) ? std::optional(std::move(sealed)) : std::nullopt;
}

flow::Task<std::optional<std::string>> MemoryStore::load(session::StoreKey key) {
    co_return try_load(key);
}

flow::Task<std::optional<std::string>> MemoryStore::peek(session::StoreKey key) {
    std::string sealed;
    sealed.reserve(kUsualSession);
    const bool found =
        locked([&](MemoryZone& zone) { return zone.sessions().peek(key, ngx_time(), sealed); });
    co_return found ? std::optional(std::move(sealed)) : std::nullopt;
}

flow::Task<flow::CachedSession> MemoryStore::load_cached(session::StoreKey key) {
    co_return flow::CachedSession{.sealed = try_load(key),
                                  .cache_status = session::CacheStatus::hit};
}

flow::Task<bool> MemoryStore::save(flow::StoredSession entry, std::chrono::milliseconds token_age) {
    const auto admitted = [&](MemoryZone& zone) {
        const std::uint64_t now = ngx_current_msec;
        const auto age = static_cast<std::uint64_t>(token_age.count());
        return entry.owner == 0 || token_age.count() < 0 ||
               zone.revocations().admit(
                   {.owner = entry.owner, .issued_at = now - std::min(age, now), .now = now});
    };
    const Saved saved = written([&](MemoryZone& zone) {
        return admitted(zone) ? zone.sessions().save(entry, ngx_time()) : Saved::outdated;
    });
    co_return saved == Saved::stored;
}

flow::Task<bool> MemoryStore::replace(flow::StoredSession entry, std::uint64_t expected) {
    const Saved saved = written([&](MemoryZone& zone) {
        entry.owner = zone.sessions().owner_of(entry.key, ngx_time());
        return zone.sessions().replace(entry, {.expected = expected, .now = ngx_time()});
    });
    co_return saved == Saved::stored;
}

flow::Task<std::optional<std::string>> MemoryStore::remove(session::StoreKey key) {
    std::string sealed;
    sealed.reserve(kUsualSession);
    const bool removed =
        locked([&](MemoryZone& zone) { return zone.sessions().take(key, ngx_time(), sealed); });
    if (!removed) {
        co_return std::nullopt;
    }
    co_return std::move(sealed);
}

flow::Task<bool> MemoryStore::remove_unchanged(session::StoreKey key, std::uint64_t expected) {
    co_return locked([&](MemoryZone& zone) {
        return zone.sessions().remove_unchanged(key, {.expected = expected, .now = ngx_time()});
    });
}

flow::Task<bool> MemoryStore::consume(std::string once, std::int64_t ttl) {
    const auto key = seeded_digest<OnceKey>(seed(), once);
    co_return locked([&](MemoryZone& zone) {
        return zone.consumed_values().consume(key,
                                              {.now = ngx_time(), .expires_at = ngx_time() + ttl});
    });
}

flow::Task<std::vector<flow::DueSession>> MemoryStore::claim_due(flow::DueLimits limits) {
    std::vector<DueSession> due(limits.limit);
    due.resize(locked([&](MemoryZone& zone) {
        return zone.sessions().claim_due({.now = ngx_time(), .again_at = ngx_time() + limits.lease},
                                         due);
    }));
    co_return due;
}

flow::Task<bool> MemoryStore::claim_lease(flow::LeaseClaim claim) {
    const auto key = seeded_digest<LeaseKey>(seed(), claim.name);
    const auto time = static_cast<std::uint64_t>(claim.time.count());
    co_return locked([&](MemoryZone& zone) {
        return zone.leases().claim(
            key,
            {.holder = claim.holder, .now = ngx_current_msec, .ends_at = ngx_current_msec + time});
    });
}

flow::Task<void> MemoryStore::release_lease(flow::LeaseClaim claim) {
    const auto key = seeded_digest<LeaseKey>(seed(), claim.name);
    locked([&](MemoryZone& zone) { zone.leases().release(key, claim.holder); });
    co_return;
}

std::optional<flow::Admission> MemoryStore::try_acquire(const flow::QuotaUse& use) {
    const SharedCounters::Window window{.limit = use.limit, .now = use.now, .ends_at = use.ends_at};
    const CounterKey key = counter_keys_.of(seed(), use.counter);
    CountResult admission;
    if (use.group.empty()) {
        admission = quotas().admit(key, window);
    } else {
        const SharedCounters::Group group{.key = counter_keys_.of(seed(), use.group),
                                          .limit = group_limit_};
        admission = quotas().admit(key, window, &group);
    }
    if (admission.verdict == CountResult::Verdict::full) {
        return std::nullopt;
    }
    return flow::Admission{.admitted = admission.admitted(), .count = admission.count};
}

flow::Task<flow::Admission> MemoryStore::admit(flow::QuotaUse use) {
    const std::optional<flow::Admission> admission = try_acquire(use);
    if (!admission) {
        throw unavailable("The store has no room for another counter");
    }
    co_return *admission;
}

std::size_t MemoryStore::usable_quotas() noexcept {
    return quotas().capacity() * SharedCounters::kUsablePercent / 100;
}

std::uint64_t MemoryStore::sweep() noexcept {
    return locked([](MemoryZone& zone) { return zone.sessions().sweep(ngx_time(), kSweptAtOnce); });
}

TableStatistics MemoryStore::statistics() noexcept {
    return locked([](MemoryZone& zone) { return zone.sessions().statistics(); });
}

SharedCounters& MemoryStore::quotas() noexcept {
    zone_->quotas().set_process_id(static_cast<std::uint32_t>(ngx_pid));
    return zone_->quotas();
}

AttemptTable& MemoryStore::attempts() noexcept {
    zone_->attempts().set_process_id(static_cast<std::uint32_t>(ngx_pid));
    return zone_->attempts();
}

CounterKey MemoryAttempts::key_of(std::string_view counter) const noexcept {
    return seeded_digest<CounterKey>(store_.seed(), counter);
}

flow::Task<flow::Decision> MemoryAttempts::attempt(flow::RateLimit rate) {
    const AttemptLimit verdict = store_.attempts().attempt(
        key_of(rate.counter), {.limit = rate.limit, .now = ngx_time(), .period = rate.period});
    co_return flow::Decision{.allowed = verdict.allowed, .retry_after = verdict.retry_after};
}

flow::Task<void> MemoryAttempts::refund(std::string counter) {
    store_.attempts().refund(key_of(counter));
    co_return;
}

flow::Task<void> MemoryAttempts::forget(std::string counter) {
    store_.attempts().forget(key_of(counter));
    co_return;
}

flow::Task<std::uint64_t> MemoryAttempts::count(std::string counter) {
    co_return store_.attempts().count(key_of(counter), ngx_time());
}

}  // namespace social::store
