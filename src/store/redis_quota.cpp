#include "store/redis_quota.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/random.hpp"
#include "coro/result_task.hpp"
#include "coro/wait_queue.hpp"
#include "crypto/digest.hpp"
#include "loop/guard.hpp"
#include "loop/sleep.hpp"
#include "store/redis_scripts.hpp"

namespace social::store {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{QuotaReserve::kTick};
// Delay before the next try: other workers return uses within a tick and a round trip.
constexpr milliseconds kPause{60};
constexpr int kTries = 8;
// Maximum number of eviction candidates: counters with waiting requests cannot be evicted.
constexpr int kLooks = 8;

QuotaReserve::Milliseconds now() noexcept {
    return static_cast<QuotaReserve::Milliseconds>(ngx_current_msec);
}

}  // namespace

struct RedisQuota::Counter {
    std::string name;
    std::string key;
    QuotaReserve reserve;
    // Waiting requests: they get the verdict, or the error of the Redis call.
    flow::WaitQueue<Result<flow::Admission>> waiting;
    unsigned jobs = 0;  // background jobs that refer to this counter
    bool serving = false;
};

RedisQuota::RedisQuota(flow::Redis& redis, const RedisKeys& keys, loop::AsyncScope& background)
    : redis_(redis), keys_(keys), background_(background) {
    std::array<std::uint8_t, 8> bytes{};
    base::fill_random(bytes);
    name_ = crypto::hex(bytes);
}

RedisQuota::~RedisQuota() = default;

RedisQuota::Counter& RedisQuota::counter(const flow::QuotaUse& use) {
    const auto known = by_name_.find(use.counter);
    if (known != by_name_.end()) {
        counters_.splice(counters_.begin(), counters_, known->second);
    } else {
        evict_surplus();
        Counters made(1);
        made.front().name = use.counter;
        by_name_.emplace(made.front().name, made.begin());
        counters_.splice(counters_.begin(), made);
    }
    // Each window has a separate key. The previous window may still be in Redis, or be current for
    // an instance whose clock is behind. Its uses must not count in this window.
    Counter& own = counters_.front();
    if (own.key.empty() || own.reserve.use().ends_at != use.ends_at) {
        own.key = keys_.quota(std::string(use.counter) + ' ' + std::to_string(use.ends_at));
    }
    own.reserve.enter(use);
    return own;
}

std::optional<flow::Admission> RedisQuota::try_acquire(const flow::QuotaUse& use) {
    Counter& own = counter(use);
    const QuotaReserve::Verdict verdict = own.reserve.consume(now());
    if (verdict == QuotaReserve::Verdict::ask) {
        return std::nullopt;
    }
    if (own.reserve.runs_low() && !own.serving && verdict == QuotaReserve::Verdict::admitted) {
        serve_later(own);
    }
    return flow::Admission{.admitted = verdict == QuotaReserve::Verdict::admitted,
                           .count = own.reserve.count()};
}

flow::Task<flow::Admission> RedisQuota::admit(flow::QuotaUse use) {
    if (const std::optional<flow::Admission> known = try_acquire(use)) {
        co_return *known;
    }
    Counter& own = counter(use);
    serve_later(own);
    flow::WaitQueue<Result<flow::Admission>>::Waiter turn(own.waiting, background_);
    Result<flow::Admission> verdict = co_await turn;
    co_return flow::value(std::move(verdict));
}

// Runs after this iteration of the event loop, so that one call serves all its requests.
void RedisQuota::serve_later(Counter& own) {
    if (!own.serving) {
        background_.spawn(serve(own));
        own.serving = true;
        ++own.jobs;
    }
}

redis::Command RedisQuota::reservation(const Counter& own, std::uint64_t needed,
                                       std::uint64_t wanted, std::uint64_t returned) const {
    const flow::QuotaUse& use = own.reserve.use();
    const std::int64_t life = std::max<std::int64_t>(use.ends_at - ngx_time(), 1) * 1000;
    redis::Command command(scripts::reserve(), 1);
    command.key(own.key).with(use.limit).with(wanted).with(needed).with(name_);
    command.with(own.reserve.held()).with(returned).with(life);
    return command;
}

flow::Task<RedisQuota::Step> RedisQuota::fetch(Counter& own, bool last_try) {
    const std::uint64_t needed = own.waiting.size();
    const std::int64_t window = own.reserve.use().ends_at;
    const std::uint64_t wanted = own.reserve.wanted(needed, now());
    redis::Command command = reservation(own, needed, wanted, 0);
    const Result<redis::Reply> reply = co_await flow::as_result(redis_.call(std::move(command)));
    const auto counted = reply ? reply->counts<3>() : std::nullopt;
    // A grant larger than requested would exceed the limit.
    if (!counted || counted->front() > std::max(needed, wanted)) {
        const Error error =
            store_unavailable(reply ? "unexpected reply from Redis" : reply.error().detail);
        own.waiting.resolve_all(std::unexpected(error));
        co_return Step::done;
    }
    if (own.reserve.use().ends_at != window) {
        co_return Step::again;  // the granted uses are of a closed window
    }
    const auto [granted, admitted, may_come_back] = *counted;
    own.reserve.add({.granted = granted, .needed = needed, .admitted = admitted}, now());
    while (!own.waiting.empty() && own.reserve.consume(now()) == QuotaReserve::Verdict::admitted) {
        own.waiting.resolve_front(flow::Admission{.admitted = true, .count = own.reserve.count()});
    }
    if (granted >= needed) {
        co_return Step::again;  // for requests that arrived during the call
    }
    if (may_come_back == 1 && !last_try) {
        co_return Step::wait;
    }
    own.reserve.exhaust(now());
    own.waiting.resolve_all(flow::Admission{.admitted = false, .count = own.reserve.count()});
    co_return Step::done;
}

flow::Task<void> RedisQuota::serve(Counter& own) {
    int tries = 1;
    Step next = co_await fetch(own, false);
    while (next != Step::done && !own.waiting.empty()) {
        if (next == Step::wait) {
            loop::Sleep pause(kPause);
            co_await pause;
            ++tries;
        }
        next = co_await fetch(own, tries >= kTries);
    }
    own.serving = false;
    --own.jobs;
    if (!own.waiting.empty()) {
        serve_later(own);
    }
    if (own.reserve.held() > 0 && !tick_.armed()) {
        tick_.arm(kTick);
    }
}

// `command` is built when the uses are removed. Later the counter may be evicted, or of the next
// window.
flow::Task<void> RedisQuota::give_back(redis::Command command) {
    // Uses that cannot be returned count as spent.
    static_cast<void>(co_await flow::as_result(redis_.call(std::move(command))));
}

// The timer runs until no uses are held, so a graceful exit returns all uses first.
void RedisQuota::on_tick() noexcept {
    loop::guard(ngx_cycle->log, "quotas", [this] {
        bool held = false;
        for (Counter& own : counters_) {
            const std::uint64_t rest =
                ngx_exiting != 0 ? own.reserve.take_all() : own.reserve.tick(now());
            if (rest > 0) {
                background_.spawn(give_back(reservation(own, 0, 0, rest)));
            }
            held = held || own.reserve.held() > 0;
        }
        if (held) {
            tick_.arm(kTick);
        }
    });
}

// Called before a counter is created. If no candidate can be evicted, the number exceeds
// kMaxCounters while their requests wait.
void RedisQuota::evict_surplus() {
    auto place = counters_.end();
    for (int looks = 0; looks < kLooks && counters_.size() >= kMaxCounters; ++looks) {
        const auto candidate = std::prev(place);
        if (!evict(candidate)) {
            place = candidate;
        }
    }
}

bool RedisQuota::evict(Counters::iterator place) {
    if (!place->waiting.empty() || place->jobs != 0) {
        return false;
    }
    if (const std::uint64_t rest = place->reserve.take_all(); rest > 0) {
        background_.spawn(give_back(reservation(*place, 0, 0, rest)));
    }
    by_name_.erase(place->name);
    counters_.erase(place);
    return true;
}

}  // namespace social::store
