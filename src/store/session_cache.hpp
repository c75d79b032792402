// A RedisStore with a cache in shared memory. One object per worker; all workers of a machine share
// the zone. It overrides the reads that may use the cache, and the writes, which invalidate it.
//
// An entry is fresh for `cache_ttl` seconds. Changes by other instances invalidate it earlier
// (InvalidationListener). If Redis is unavailable, the entry is used for `stale` more seconds. A
// negative entry, for a session that Redis does not have, lives for one second.
//
// A write changes Redis first, then removes the entry and increments its version. A reply is cached
// only if the version is unchanged since the request. Comparison and write are atomic under the
// zone's lock, so a read in flight cannot restore the old value.
//
// Concurrent readers of one worker that miss the same session share one load (single flight).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/async_scope.hpp"
#include "store/copy_value.hpp"
#include "store/memory_store.hpp"
#include "store/redis_store.hpp"

namespace social::store {

struct CacheSettings {
    std::int64_t ttl = 0;    // seconds
    std::int64_t stale = 0;  // seconds
};

class SessionCache final : public RedisStore {
public:
    // These objects outlive the cache. Loads run in `background`.
    struct Services {
        flow::Redis& redis;
        const flow::Clock& clock;
        const RedisKeys& keys;
        MemoryStore& memory;
        loop::AsyncScope& background;
    };
    SessionCache(Services services, CacheSettings settings) noexcept
        : RedisStore(services.redis, services.clock, services.keys),
          memory_(services.memory),
          background_(services.background),
          settings_(settings) {}
    ~SessionCache() override;

    flow::Task<flow::CachedSession> load_cached(session::StoreKey key) override;
    bool is_cached(const session::StoreKey& key, std::string_view sealing) override;
    flow::Task<bool> save(flow::StoredSession entry, std::chrono::milliseconds token_age) override;
    flow::Task<bool> replace(flow::StoredSession entry, std::uint64_t expected) override;
    flow::Task<std::optional<std::string>> remove(session::StoreKey key) override;
    flow::Task<bool> remove_unchanged(session::StoreKey key, std::uint64_t expected) override;
    flow::Task<std::vector<session::StoreKey>> remove_owner(flow::Owner owner) override;

    // Removes the entry after a change of the session by any instance.
    void invalidate(const session::StoreKey& key) noexcept;

private:
    using Key = const session::StoreKey&;
    struct PendingLoad;  // shared with the readers, which may be canceled
    using Answer = Result<std::optional<std::string>>;

    [[nodiscard]] std::optional<CopyValue> copy_of(Key key);
    [[nodiscard]] bool is_fresh(Key key, const CopyHead& copy) const noexcept;
    [[nodiscard]] bool is_usable(const CopyHead& copy) const noexcept;
    void put_if_unchanged(Key key, const PendingLoad& load,
                          const std::optional<std::string>& sealed);
    [[nodiscard]] flow::Task<Answer> ask(session::StoreKey key);
    [[nodiscard]] flow::Task<void> fetch(session::StoreKey key, std::shared_ptr<PendingLoad> load);

    MemoryStore& memory_;
    loop::AsyncScope& background_;
    CacheSettings settings_;
    std::map<session::StoreKey, std::shared_ptr<PendingLoad>> loads_;
};

}  // namespace social::store
