#include "store/redis_quota.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <coroutine>
#include <utility>

#include "base/random.hpp"
#include "crypto/digest.hpp"
#include "flow/attempt.hpp"
#include "flow/failure.hpp"
#include "loop/guard.hpp"
#include "loop/sleep.hpp"
#include "loop/wakeup.hpp"
#include "store/redis_scripts.hpp"

namespace social::store {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{QuotaReserve::kTick};
// For what others may give back, which they do within a tick and a round trip.
constexpr milliseconds kPause{60};
constexpr int kTries = 8;
constexpr std::size_t kManyCounters = 10'000;

QuotaReserve::Milliseconds now() noexcept {
    return static_cast<QuotaReserve::Milliseconds>(ngx_current_msec);
}

}  // namespace

struct RedisQuota::Counter {
    std::string key;
    QuotaReserve reserve;
    std::list<QuotaTurn*> waiting;  // first come, first served
    unsigned jobs = 0;              // that refer to this
    bool serving = false;
};

// A request that waits for its counter: the verdict, or the error of who asked Redis.
class QuotaTurn {
public:
    explicit QuotaTurn(RedisQuota::Counter& counter) noexcept : counter_(counter) {}
    QuotaTurn(const QuotaTurn&) = delete;
    QuotaTurn& operator=(const QuotaTurn&) = delete;
    ~QuotaTurn() {
        if (waits_) {
            counter_.waiting.remove(this);
        }
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
        wakeup_.hold(frame);
        counter_.waiting.push_back(this);
        waits_ = true;
    }
    [[nodiscard]] Result<flow::Admission> await_resume() { return std::move(verdict_); }

    // Its counter has taken it off the list.
    void settle(Result<flow::Admission> verdict) noexcept {
        waits_ = false;
        verdict_ = std::move(verdict);
        wakeup_.post();
    }

private:
    RedisQuota::Counter& counter_;
    bool waits_ = false;
    Result<flow::Admission> verdict_ = flow::Admission();
    loop::Wakeup wakeup_;
};

RedisQuota::RedisQuota(flow::Redis& redis, const RedisKeys& keys, loop::Background& background)
    : redis_(redis), keys_(keys), background_(background) {
    std::array<std::uint8_t, 8> bytes{};
    base::fill_random(bytes);
    name_ = crypto::hex(bytes);
}

RedisQuota::~RedisQuota() = default;

RedisQuota::Counter& RedisQuota::counter(const flow::QuotaUse& use) {
    auto place = counters_.find(use.counter);
    if (place == counters_.end()) {
        place = counters_.emplace(use.counter, std::make_unique<Counter>()).first;
    }
    // Each window has a key of its own: the one before may live on in Redis for a moment, or in the
    // clock of another instance for longer, and what it has counted must not go on counting.
    Counter& own = *place->second;
    if (own.key.empty() || own.reserve.use().ends_at != use.ends_at) {
        own.key = keys_.quota(std::string(use.counter) + ' ' + std::to_string(use.ends_at));
    }
    own.reserve.enter(use);
    return own;
}

std::optional<flow::Admission> RedisQuota::admit_now(const flow::QuotaUse& use) {
    Counter& own = counter(use);
    const QuotaReserve::Verdict verdict = own.reserve.spend(now());
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
    if (const std::optional<flow::Admission> known = admit_now(use)) {
        co_return *known;
    }
    Counter& own = counter(use);
    serve_later(own);
    QuotaTurn turn(own);
    Result<flow::Admission> verdict = co_await turn;
    co_return flow::value(std::move(verdict));
}

// Behind this turn of the loop, so that all of its requests are served by one call.
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

flow::Task<RedisQuota::Next> RedisQuota::fetch(Counter& own, bool last_try) {
    const std::uint64_t needed = own.waiting.size();
    const std::int64_t window = own.reserve.use().ends_at;
    redis::Command command = reservation(own, needed, own.reserve.wanted(needed, now()), 0);
    const Result<redis::Reply> reply = co_await flow::attempt(redis_.call(std::move(command)));
    if (!reply || reply->elements.size() != 3) {
        Error error{Kind::store_unavailable, "Sessions are unavailable, please try again", {}};
        error.detail = reply ? "Redis counted nothing" : reply.error().detail;
        for (QuotaTurn* turn : std::exchange(own.waiting, {})) {
            turn->settle(std::unexpected(error));
        }
        co_return Next::done;
    }
    if (own.reserve.use().ends_at != window) {
        co_return Next::again;  // what was granted is of a window that is over
    }
    const auto granted = static_cast<std::uint64_t>(reply->elements[0].integer);
    own.reserve.add({.granted = granted,
                     .needed = needed,
                     .admitted = static_cast<std::uint64_t>(reply->elements[1].integer)},
                    now());
    while (!own.waiting.empty() && own.reserve.spend(now()) == QuotaReserve::Verdict::admitted) {
        QuotaTurn* turn = own.waiting.front();
        own.waiting.pop_front();
        turn->settle(flow::Admission{.admitted = true, .count = own.reserve.count()});
    }
    if (granted >= needed) {
        co_return Next::again;  // for those who came meanwhile
    }
    const bool may_come_back = reply->elements[2].integer == 1;
    if (may_come_back && !last_try) {
        co_return Next::wait;
    }
    own.reserve.exhaust(now());
    for (QuotaTurn* turn : std::exchange(own.waiting, {})) {
        turn->settle(flow::Admission{.admitted = false, .count = own.reserve.count()});
    }
    co_return Next::done;
}

flow::Task<void> RedisQuota::serve(Counter& own) {
    int tries = 1;
    Next next = co_await fetch(own, false);
    while (next != Next::done && !own.waiting.empty()) {
        if (next == Next::wait) {
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

// `command` was made when the uses were taken out: the counter may be of the next window by now.
flow::Task<void> RedisQuota::give_back(Counter& own, redis::Command command) {
    // What cannot be given back counts as used.
    static_cast<void>(co_await flow::attempt(redis_.call(std::move(command))));
    --own.jobs;
}

// Until nothing is held: a worker that exits gracefully gives everything back first.
void RedisQuota::on_tick() noexcept {
    loop::guard(ngx_cycle->log, "quotas", [this] {
        bool held = false;
        for (auto& [name, own] : counters_) {
            const std::uint64_t rest =
                ngx_exiting != 0 ? own->reserve.take_all() : own->reserve.tick(now());
            if (rest > 0) {
                background_.spawn(give_back(*own, reservation(*own, 0, 0, rest)));
                ++own->jobs;
            }
            held = held || own->reserve.held() > 0;
        }
        if (held) {
            tick_.arm(kTick);
        }
        drop_old_counters();
    });
}

// Users come and go, and each may have a counter.
void RedisQuota::drop_old_counters() {
    if (counters_.size() < kManyCounters) {
        return;
    }
    std::erase_if(counters_, [](const auto& entry) {
        const Counter& own = *entry.second;
        return own.waiting.empty() && own.jobs == 0 && own.reserve.held() == 0;
    });
}

}  // namespace social::store
