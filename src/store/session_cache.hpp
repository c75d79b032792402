// Copies of sessions in Redis, in the shared memory of this machine: one object for each
// worker, in front of its RedisStore, over a zone that all share.
//
// A copy is used for `cache_ttl` seconds, whatever happens; changes of other instances end it
// sooner, since Redis tells of them (CacheListener). While Redis does not answer it is used for
// `stale` seconds more. Writes go to Redis and leave a mark in place of the copy, so that
// an answer that was under way meanwhile is not taken for the new value; what Redis does not
// have is remembered for a moment.
//
// Of the readers in one worker that miss the same session one asks Redis, the others get its
// answer.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flow/ports.hpp"
#include "loop/background.hpp"
#include "store/copy_value.hpp"
#include "store/memory_store.hpp"

namespace social::store {

struct CacheSettings {
    std::int64_t ttl = 0;    // seconds
    std::int64_t stale = 0;  // seconds
};

class SessionCache final : public flow::SessionStore {
public:
    // All outlive the cache; its jobs run in the background.
    struct Services {
        flow::SessionStore& origin;
        MemoryStore& memory;
        loop::Background& background;
    };
    SessionCache(Services services, CacheSettings settings) noexcept
        : origin_(services.origin),
          memory_(services.memory),
          background_(services.background),
          settings_(settings) {}
    SessionCache(const SessionCache&) = delete;
    SessionCache& operator=(const SessionCache&) = delete;
    ~SessionCache();

    flow::Task<std::optional<std::string>> load(session::StoreKey key) override;
    flow::Task<flow::Copy> load_copy(session::StoreKey key) override;
    bool has_at_hand(const session::StoreKey& key, std::string_view sealing) override;
    flow::Task<bool> save(flow::StoredSession entry, std::chrono::milliseconds token_age) override;
    flow::Task<bool> replace(flow::StoredSession entry, std::uint64_t expected) override;
    flow::Task<std::optional<std::string>> remove(session::StoreKey key) override;
    flow::Task<bool> leave(flow::Departure departure) override;
    flow::Task<void> end_revocation(flow::Revocation revocation) override;
    flow::Task<std::vector<session::StoreKey>> remove_owner(flow::Owner owner) override;
    flow::Task<bool> spend(std::string once, std::int64_t ttl) override;
    flow::Task<std::vector<flow::DueSession>> take_due(flow::DueLimits limits) override;
    flow::Task<bool> claim_lease(flow::LeaseClaim claim) override;
    flow::Task<void> release_lease(flow::LeaseClaim claim) override;

    // Somebody has changed the session: its copy is not used any more.
    void forget(const session::StoreKey& key);

private:
    using Key = const session::StoreKey&;
    struct Flight;  // shared with the readers, who may leave it
    class Arrival;
    using Answer = Result<std::optional<std::string>>;

    [[nodiscard]] std::optional<CopyValue> copy_of(Key key);
    [[nodiscard]] bool is_fresh(const CopyHead& copy) const noexcept;
    [[nodiscard]] bool is_usable(const CopyHead& copy) const noexcept;
    void keep(Key key, const CopyValue& copy, std::int64_t seconds);
    void keep_answer(Key key, const std::optional<std::string>& sealed, std::uint64_t asked_at);
    [[nodiscard]] flow::Task<Answer> ask(session::StoreKey key);
    [[nodiscard]] flow::Task<void> fly(session::StoreKey key, std::shared_ptr<Flight> flight);

    flow::SessionStore& origin_;
    MemoryStore& memory_;
    loop::Background& background_;
    CacheSettings settings_;
    std::map<session::StoreKey, std::shared_ptr<Flight>> flights_;
};

}  // namespace social::store
