// A RedisStore with copies of its sessions in the shared memory of this machine: one object for
// each worker, over a zone that all share. It overrides the reads that may be given a copy, and the
// writes, which invalidate it.
//
// A copy is used for `cache_ttl` seconds, whatever happens; changes of other instances end it
// sooner, since Redis tells of them (CacheListener). While Redis does not answer it is used for
// `stale` seconds more. A miss is remembered for a moment.
//
// A write goes to Redis and then invalidates the copy: it drops the copy and counts the change.
// An answer is stored only if no change was counted since Redis was asked, by one look and write
// under the zone's lock, so that a read in flight cannot restore the old value.
//
// Readers in one worker that miss the same session share one load.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/background.hpp"
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
    // All outlive the cache; its jobs run in the background.
    struct Services {
        flow::Redis& redis;
        const flow::Clock& clock;
        const RedisKeys& keys;
        MemoryStore& memory;
        loop::Background& background;
    };
    SessionCache(Services services, CacheSettings settings) noexcept
        : RedisStore(services.redis, services.clock, services.keys),
          memory_(services.memory),
          background_(services.background),
          settings_(settings) {}
    ~SessionCache() override;

    flow::Task<flow::Copy> load_copy(session::StoreKey key) override;
    bool has_at_hand(const session::StoreKey& key, std::string_view sealing) override;
    flow::Task<bool> save(flow::StoredSession entry, std::chrono::milliseconds token_age) override;
    flow::Task<bool> replace(flow::StoredSession entry, std::uint64_t expected) override;
    flow::Task<std::optional<std::string>> remove(session::StoreKey key) override;
    flow::Task<bool> remove_unchanged(session::StoreKey key, std::uint64_t expected) override;
    flow::Task<std::vector<session::StoreKey>> remove_owner(flow::Owner owner) override;

    // After a change of the session, by whomever.
    void invalidate(const session::StoreKey& key) noexcept;

private:
    using Key = const session::StoreKey&;
    struct PendingLoad;  // shared with the readers, who may leave it
    using Answer = Result<std::optional<std::string>>;

    [[nodiscard]] std::optional<CopyValue> copy_of(Key key);
    [[nodiscard]] bool is_fresh(Key key, const CopyHead& copy) const noexcept;
    [[nodiscard]] bool is_usable(const CopyHead& copy) const noexcept;
    void put_if_unchanged(Key key, const PendingLoad& load,
                          const std::optional<std::string>& sealed);
    [[nodiscard]] flow::Task<Answer> ask(session::StoreKey key);
    [[nodiscard]] flow::Task<void> fetch(session::StoreKey key, std::shared_ptr<PendingLoad> load);

    MemoryStore& memory_;
    loop::Background& background_;
    CacheSettings settings_;
    std::map<session::StoreKey, std::shared_ptr<PendingLoad>> loads_;
};

}  // namespace social::store
