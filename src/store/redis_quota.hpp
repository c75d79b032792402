// Quotas in Redis: exact over all workers and instances. See QuotaReserve for how a busy one
// costs few round trips, and scripts::reserve() for what happens there.
//
// Requests for one counter that come in one turn of the loop, or while a call is under way,
// share the next call. When nothing is left but another worker holds uses that it may give
// back, they wait for it a few tenths of a second: exactly the limit passes, as long as the
// workers live. One object for each worker.
//
// A worker keeps a bounded number of counters. A new one evicts the least recently used one, which
// gives back what it holds.
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
#include "loop/background.hpp"
#include "loop/event.hpp"
#include "store/quota_reserve.hpp"
#include "store/redis_keys.hpp"

namespace social::store {

class RedisQuota final : public flow::QuotaCounter {
public:
    // All outlive the object.
    RedisQuota(flow::Redis& redis, const RedisKeys& keys, loop::Background& background);
    RedisQuota(const RedisQuota&) = delete;
    RedisQuota& operator=(const RedisQuota&) = delete;
    ~RedisQuota();

    flow::Task<flow::Admission> admit(flow::QuotaUse use) override;
    std::optional<flow::Admission> admit_now(const flow::QuotaUse& use) override;

    // Counters that a worker keeps, unless more requests wait at once.
    static constexpr std::size_t kMaxCounters = 4096;

private:
    struct Counter;
    using Counters = std::list<Counter>;  // the most recently used one first

    [[nodiscard]] Counter& counter(const flow::QuotaUse& use);
    void evict_surplus();
    // False while a request or a job refers to the counter.
    [[nodiscard]] bool evict(Counters::iterator place);
    void serve_later(Counter& counter);
    [[nodiscard]] flow::Task<void> serve(Counter& counter);
    // done: nobody waits; again: who waits may be served at once; wait: somebody may give back.
    enum class Next : std::uint8_t { done, again, wait };
    [[nodiscard]] flow::Task<Next> fetch(Counter& counter, bool last_try);
    [[nodiscard]] flow::Task<void> give_back(redis::Command command);
    [[nodiscard]] redis::Command reservation(const Counter& counter, std::uint64_t needed,
                                             std::uint64_t wanted, std::uint64_t returned) const;
    void on_tick() noexcept;

    flow::Redis& redis_;
    const RedisKeys& keys_;
    loop::Background& background_;
    std::string name_;  // of this worker among all that hold uses
    Counters counters_;
    std::unordered_map<std::string_view, Counters::iterator, base::KeyedTextHash> by_name_;
    loop::Event tick_ = loop::Event::calling<&RedisQuota::on_tick>(*this);
};

}  // namespace social::store
