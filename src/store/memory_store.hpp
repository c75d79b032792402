// The session store in an nginx shared zone (`social_store memory`). One object per configuration,
// shared by all workers. The zone survives a reload that keeps its name and size. A killed worker
// loses at most the session that it was writing.
//
// Made at configuration time, and usable once nginx has created its zones. Functions block on the
// zone's lock only, so tasks complete without suspension.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keyring.hpp"
#include "flow/leases.hpp"
#include "flow/one_time_values.hpp"
#include "flow/quota_counter.hpp"
#include "flow/rate_limiter.hpp"
#include "flow/refresh_queue.hpp"
#include "flow/session_store.hpp"
#include "ngx/ngx.hpp"
#include "shm/memory_zone.hpp"
#include "store/counter_key_cache.hpp"
#include "store/ephemeral_key.hpp"

namespace social::store {

class MemoryStore final : public flow::SessionStore,
                          public flow::OneTimeValues,
                          public flow::RefreshQueue,
                          public flow::Leases,
                          public flow::QuotaCounter {
public:
    // Declares the zones of the store and of the ephemeral key. Returns nullptr if nginx refused
    // one; nginx has logged the reason. `module` is the zones' tag.
    struct Zone {
        std::size_t size;  // bytes
        ZoneUse use;
        std::string contents;  // see zone_name()
    };
    [[nodiscard]] static std::unique_ptr<MemoryStore> create(ngx_conf_t* cf, ngx_module_t& module,
                                                             Zone zone);
    MemoryStore(const MemoryStore&) = delete;
    MemoryStore& operator=(const MemoryStore&) = delete;

    flow::Task<std::optional<std::string>> load(session::StoreKey key) override;
    flow::Task<std::optional<std::string>> peek(session::StoreKey key) override;
    flow::Task<flow::CachedSession> load_cached(session::StoreKey key) override;
    bool is_cached(const session::StoreKey& key, std::string_view sealing) override;
    flow::Task<bool> save(flow::StoredSession entry, std::chrono::milliseconds token_age) override;
    flow::Task<bool> replace(flow::StoredSession entry, std::uint64_t expected) override;
    flow::Task<std::optional<std::string>> remove(session::StoreKey key) override;
    flow::Task<bool> remove_unchanged(session::StoreKey key, std::uint64_t expected) override;
    flow::Task<bool> leave(flow::Departure departure) override;
    flow::Task<void> end_revocation(flow::Revocation revocation) override;
    flow::Task<std::vector<session::StoreKey>> remove_owner(flow::Owner owner) override;
    flow::Task<bool> consume(std::string once, std::int64_t ttl) override;
    flow::Task<std::vector<flow::DueSession>> claim_due(flow::DueLimits limits) override;
    flow::Task<bool> claim_lease(flow::LeaseClaim claim) override;
    flow::Task<void> release_lease(flow::LeaseClaim claim) override;
    flow::Task<flow::Admission> admit(flow::QuotaUse use) override;

    // load() without a task, for session reads. The second form reuses the memory of `sealed`, and
    // returns false if there is no such session.
    [[nodiscard]] std::optional<std::string> try_load(const session::StoreKey& key);
    [[nodiscard]] bool try_load(const session::StoreKey& key, std::string& sealed);

    // Copies the first bytes of a session to fill `head`. Returns false if there is no such
    // session, or a shorter one.
    [[nodiscard]] bool load_head(const session::StoreKey& key, std::span<char> head);

    // For SessionCache, in a zone for cached sessions; see MemoryZone. Evictions are not logged.
    [[nodiscard]] CopyVersion copy_version(const session::StoreKey& key) const noexcept {
        return zone_->copy_version(key);
    }
    void put_copy_if_unchanged(const flow::StoredSession& copy, const CopyVersion& asked) noexcept;
    void invalidate_copy(const session::StoreKey& key) noexcept;
    // Invalidates all cached sessions, and pending loads, too.
    void expire_copies() noexcept { zone_->expire_copies(); }

    // Returns nullopt if the table of counters is full, or if the counter's group has exhausted its
    // allowance.
    std::optional<flow::Admission> try_acquire(const flow::QuotaUse& use) override;

    // The number of quota counters that fit.
    [[nodiscard]] std::size_t usable_quotas() noexcept;
    // Sets how many counters of one group may start in one window. Call it before workers start.
    void set_group_limit(std::uint64_t limit) noexcept { group_limit_ = limit; }

    // For a timer of each worker: removes a bounded number of expired sessions. Returns the number.
    std::uint64_t sweep() noexcept;

    [[nodiscard]] TableStatistics statistics() noexcept;

    // Quota counters and rate limits. Keys are seeded_digest() of the names.
    [[nodiscard]] SharedCounters& quotas() noexcept;
    [[nodiscard]] AttemptTable& attempts() noexcept;
    [[nodiscard]] const ZoneSeed& seed() const noexcept { return zone_->seed(); }

    [[nodiscard]] const crypto::KeyBytes& ephemeral_key() const noexcept { return key_.bytes(); }

private:
    MemoryStore() = default;
    static ngx_int_t on_zone(ngx_shm_zone_t* zone, void* earlier) noexcept;
    [[nodiscard]] bool open(ngx_shm_zone_t& zone, bool reused);

    template <class Work>
    auto locked(Work work);
    template <class Write>
    Saved written(Write write);

    ZoneUse use_ = ZoneUse::sessions;
    EphemeralKey key_;
    CounterKeyCache counter_keys_;
    std::uint64_t group_limit_ = 0;
    ngx_slab_pool_t* slab_ = nullptr;
    std::optional<MemoryZone> zone_;
};

// Counts attempts at the token API in a MemoryStore's zone. Its tasks complete without suspension.
class MemoryAttempts final : public flow::RateLimiter {
public:
    // `store` outlives the object.
    explicit MemoryAttempts(MemoryStore& store) noexcept : store_(store) {}

    flow::Task<flow::Decision> attempt(flow::RateLimit rate) override;
    flow::Task<void> refund(std::string counter) override;
    flow::Task<void> forget(std::string counter) override;
    flow::Task<std::uint64_t> count(std::string counter) override;

private:
    [[nodiscard]] CounterKey key_of(std::string_view counter) const noexcept;

    MemoryStore& store_;
};

}  // namespace social::store
