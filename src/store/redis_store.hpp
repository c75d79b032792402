// The session store in Redis (`social_store redis…`). One object per worker.
//
// A session's value is its generation (8 bytes) and the sealed record. A read is one GET, and a
// compare-and-set compares the generation. There are two indexes: sessions by owner (RedisOwners)
// and refresh times. Index entries may be stale; the next access removes them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flow/clock.hpp"
#include "flow/leases.hpp"
#include "flow/one_time_values.hpp"
#include "flow/redis.hpp"
#include "flow/refresh_queue.hpp"
#include "flow/session_store.hpp"
#include "store/redis_keys.hpp"
#include "store/redis_owners.hpp"

namespace social::store {

class RedisStore : public flow::SessionStore,
                   public flow::OneTimeValues,
                   public flow::RefreshQueue,
                   public flow::Leases {
public:
    // `redis`, `clock` and `keys` outlive the store.
    RedisStore(flow::Redis& redis, const flow::Clock& clock, const RedisKeys& keys) noexcept
        : redis_(redis), clock_(clock), keys_(keys), owners_(redis, keys) {}
    RedisStore(const RedisStore&) = delete;
    RedisStore& operator=(const RedisStore&) = delete;
    virtual ~RedisStore() = default;

    flow::Task<std::optional<std::string>> load(session::StoreKey key) override;
    flow::Task<std::optional<std::string>> peek(session::StoreKey key) override {
        return load(key);
    }
    flow::Task<flow::CachedSession> load_cached(session::StoreKey key) override;
    // Always false: each read needs a round trip.
    bool is_cached(const session::StoreKey& /*key*/, std::string_view /*sealing*/) override {
        return false;
    }
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

private:
    using Key = const session::StoreKey&;

    [[nodiscard]] redis::Command get(Key key) const;
    [[nodiscard]] flow::Task<std::optional<std::string>> take(Key key);
    [[nodiscard]] flow::Task<bool> put(const flow::StoredSession& entry);
    [[nodiscard]] flow::Task<bool> index_by_owner(const flow::StoredSession& entry,
                                                  std::chrono::milliseconds token_age);
    [[nodiscard]] flow::Task<bool> schedule_refresh(const flow::StoredSession& entry);
    [[nodiscard]] flow::Task<bool> forget_refresh(Key key);
    [[nodiscard]] flow::Task<bool> exists(Key key);
    [[nodiscard]] std::int64_t life_of(const flow::StoredSession& entry) const;

    flow::Redis& redis_;
    const flow::Clock& clock_;
    const RedisKeys& keys_;
    RedisOwners owners_;
};

}  // namespace social::store
