// Quotas in Redis, exact for all workers and instances. QuotaReserve saves round trips, and
// scripts::reserve() runs in Redis. One object per worker.
//
// Requests for one counter share a call if they arrive in one iteration of the event loop. Those
// that arrive during a call share the next one. If the quota is exhausted but another worker may
// return uses, requests wait for some tenths of a second. So exactly `limit` requests pass unless a
// worker is killed.
//
// The number of counters per worker is bounded. A new counter evicts the least recently used one,
// which returns its uses.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.hpp"
#include "base/keyed_hash.hpp"
#include "flow/quota_counter.hpp"
#include "flow/redis.hpp"
#include "loop/async_scope.hpp"
#include "loop/event.hpp"
#include "store/quota_reserve.hpp"
#include "store/redis_keys.hpp"

namespace social::store {

class RedisQuota final : public flow::QuotaCounter {
public:
    // `redis`, `keys` and `background` outlive the object.
    RedisQuota(flow::Redis& redis, const RedisKeys& keys, loop::AsyncScope& background);
    RedisQuota(const RedisQuota&) = delete;
    RedisQuota& operator=(const RedisQuota&) = delete;
    ~RedisQuota();

    flow::Task<flow::Admission> admit(flow::QuotaUse use) override;
    std::optional<flow::Admission> try_acquire(const flow::QuotaUse& use) override;

    // Maximum number of counters per worker. Counters with waiting requests may exceed it.
    static constexpr std::size_t kMaxCounters = 4096;

private:
    struct Counter;
    using Counters = std::list<Counter>;  // the most recently used one first

    [[nodiscard]] Counter& counter(const flow::QuotaUse& use);
    void evict_surplus();
    // Returns false if a request or a job refers to the counter.
    [[nodiscard]] bool evict(Counters::iterator place);
    void serve_later(Counter& counter);
    [[nodiscard]] flow::Task<void> serve(Counter& counter);
    // done: no request waits; again: call Redis again at once; wait: another worker may return
    // uses.
    enum class Step : std::uint8_t { done, again, wait };
    [[nodiscard]] flow::Task<Step> fetch(Counter& counter, bool last_try);
    [[nodiscard]] flow::Task<void> give_back(redis::Command command);
    [[nodiscard]] redis::Command reservation(const Counter& counter, std::uint64_t needed,
                                             std::uint64_t wanted, std::uint64_t returned) const;
    void on_tick() noexcept;

    flow::Redis& redis_;
    const RedisKeys& keys_;
    loop::AsyncScope& background_;
    std::string name_;  // this worker's field in the quotas' hashes
    Counters counters_;
    std::unordered_map<std::string_view, Counters::iterator, base::KeyedTextHash> by_name_;
    loop::Event tick_ = loop::Event::calling<&RedisQuota::on_tick>(*this);
};

}  // namespace social::store
