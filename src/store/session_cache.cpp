#include "store/session_cache.hpp"

#include <algorithm>
#include <array>
#include <coroutine>
#include <list>
#include <span>
#include <utility>

#include "flow/attempt.hpp"
#include "flow/failure.hpp"
#include "loop/wakeup.hpp"

namespace social::store {

namespace {

constexpr std::uint64_t kMilliseconds = 1000;
constexpr std::uint64_t kAbsence = 1000;  // ms that it is remembered
constexpr std::int64_t kMark = 62;        // seconds; longer than any answer takes

std::uint64_t now() noexcept {
    return ngx_current_msec;
}

// Another worker's time may be a little ahead.
std::uint64_t age_of(const CopyHead& copy) noexcept {
    return now() - std::min(copy.asked_at, now());
}

}  // namespace

// One question to the origin, and those who wait for its answer.
struct SessionCache::Flight {
    std::list<Arrival*> waiting;
};

class SessionCache::Arrival {
public:
    explicit Arrival(std::shared_ptr<Flight> flight) noexcept : flight_(std::move(flight)) {}
    Arrival(const Arrival&) = delete;
    Arrival& operator=(const Arrival&) = delete;
    ~Arrival() {
        if (waits_) {
            flight_->waiting.remove(this);
        }
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
        wakeup_.hold(frame);
        flight_->waiting.push_back(this);
        waits_ = true;
    }
    [[nodiscard]] Answer await_resume() { return std::move(answer_); }

    // The flight has taken it off its list.
    void settle(Answer answer) {
        waits_ = false;
        answer_ = std::move(answer);
        wakeup_.post();
    }

private:
    std::shared_ptr<Flight> flight_;
    bool waits_ = false;
    Answer answer_;
    loop::Wakeup wakeup_;
};

SessionCache::~SessionCache() = default;

std::optional<CopyValue> SessionCache::copy_of(Key key) {
    std::string bytes;
    if (!memory_.load_now(key, bytes)) {
        return std::nullopt;
    }
    return to_copy(std::move(bytes));
}

bool SessionCache::is_fresh(const CopyHead& copy) const noexcept {
    const std::uint64_t age = age_of(copy);
    switch (copy.kind) {
        case CopyKind::session:
            return age < static_cast<std::uint64_t>(settings_.ttl) * kMilliseconds &&
                   copy.asked_at > memory_.copies_expired();
        case CopyKind::absent:
            return age < kAbsence && settings_.ttl > 0 && copy.asked_at > memory_.copies_expired();
        case CopyKind::changed:
            return false;
    }
    return false;
}

bool SessionCache::is_usable(const CopyHead& copy) const noexcept {
    const auto most = static_cast<std::uint64_t>(settings_.ttl + settings_.stale) * kMilliseconds;
    return copy.kind == CopyKind::session && settings_.stale > 0 && age_of(copy) < most;
}

void SessionCache::keep(Key key, const CopyValue& copy, std::int64_t seconds) {
    flow::StoredSession entry;
    entry.key = key;
    entry.sealed = to_bytes(copy);
    entry.expires_at = ngx_time() + seconds;
    memory_.keep_copy(entry);
}

void SessionCache::forget(const session::StoreKey& key) {
    keep(key, {.head = {.asked_at = now(), .kind = CopyKind::changed}, .sealed = {}}, kMark);
}

// Unless the session was changed since the origin was asked.
void SessionCache::keep_answer(Key key, const std::optional<std::string>& sealed,
                               std::uint64_t asked_at) {
    const std::optional<CopyValue> known = copy_of(key);
    if (known && known->head.kind == CopyKind::changed && known->head.asked_at >= asked_at) {
        return;
    }
    if (sealed) {
        keep(key, {.head = {.asked_at = asked_at, .kind = CopyKind::session}, .sealed = *sealed},
             settings_.ttl + settings_.stale + 1);
    } else {
        keep(key, {.head = {.asked_at = asked_at, .kind = CopyKind::absent}, .sealed = {}}, 2);
    }
}

flow::Task<void> SessionCache::fly(session::StoreKey key, std::shared_ptr<Flight> flight) {
    const std::uint64_t asked_at = now();
    Answer answer = co_await flow::attempt(origin_.load(key));
    flights_.erase(key);
    for (Arrival* arrival : std::exchange(flight->waiting, {})) {
        arrival->settle(answer);
    }
    if (answer) {
        keep_answer(key, *answer, asked_at);
    }
}

flow::Task<SessionCache::Answer> SessionCache::ask(session::StoreKey key) {
    std::shared_ptr<Flight>& flight = flights_[key];
    if (!flight) {
        auto begun = std::make_shared<Flight>();
        background_.spawn(fly(key, begun));
        flight = std::move(begun);
    }
    Arrival arrival(flight);
    Answer answer = co_await arrival;
    co_return answer;
}

flow::Task<flow::Copy> SessionCache::load_copy(session::StoreKey key) {
    std::optional<CopyValue> known = copy_of(key);
    flow::Copy copy;
    if (known && is_fresh(known->head)) {
        if (known->head.kind == CopyKind::session) {
            copy.sealed = std::move(known->sealed);
        }
        co_return copy;
    }
    Answer answer = co_await ask(key);
    if (answer) {
        copy.sealed = std::move(*answer);
        copy.origin = session::Origin::redis;
        co_return copy;
    }
    if (!known || !is_usable(known->head)) {
        throw flow::Failure(std::move(answer.error()));
    }
    copy.sealed = std::move(known->sealed);
    copy.origin = session::Origin::stale;
    co_return copy;
}

bool SessionCache::has_at_hand(const session::StoreKey& key, std::string_view sealing) {
    std::array<char, kCopyHeadSize + session::kLongestSealing> bytes;
    const std::size_t size = kCopyHeadSize + std::min(sealing.size(), session::kLongestSealing);
    if (!memory_.load_head(key, std::span(bytes).first(size))) {
        return false;
    }
    const std::string_view known(bytes.data(), size);
    const std::optional<CopyHead> head = head_of(known);
    return head && head->kind == CopyKind::session && is_fresh(*head) &&
           known.substr(kCopyHeadSize) == sealing;
}

flow::Task<std::optional<std::string>> SessionCache::load(session::StoreKey key) {
    return origin_.load(key);
}

flow::Task<bool> SessionCache::save(flow::StoredSession entry,
                                    std::chrono::milliseconds token_age) {
    const session::StoreKey key = entry.key;
    const bool saved = co_await origin_.save(std::move(entry), token_age);
    forget(key);
    co_return saved;
}

// A change that failed may have happened nevertheless.
flow::Task<bool> SessionCache::replace(flow::StoredSession entry, std::uint64_t expected) {
    const session::StoreKey key = entry.key;
    const Result<bool> replaced =
        co_await flow::attempt(origin_.replace(std::move(entry), expected));
    forget(key);
    co_return flow::value(replaced);
}

flow::Task<std::optional<std::string>> SessionCache::remove(session::StoreKey key) {
    Result<std::optional<std::string>> removed = co_await flow::attempt(origin_.remove(key));
    forget(key);
    co_return flow::value(std::move(removed));
}

flow::Task<bool> SessionCache::leave(flow::Departure departure) {
    return origin_.leave(std::move(departure));
}

flow::Task<void> SessionCache::end_revocation(flow::Revocation revocation) {
    return origin_.end_revocation(revocation);
}

// Redis tells the other machines, and this one too late for who asks next.
flow::Task<std::vector<session::StoreKey>> SessionCache::remove_owner(flow::Owner owner) {
    std::vector<session::StoreKey> removed = co_await origin_.remove_owner(std::move(owner));
    for (const session::StoreKey& key : removed) {
        forget(key);
    }
    co_return removed;
}

flow::Task<bool> SessionCache::spend(std::string once, std::int64_t ttl) {
    return origin_.spend(std::move(once), ttl);
}

flow::Task<std::vector<flow::DueSession>> SessionCache::take_due(flow::DueLimits limits) {
    return origin_.take_due(limits);
}

flow::Task<bool> SessionCache::claim_lease(flow::LeaseClaim claim) {
    return origin_.claim_lease(std::move(claim));
}

flow::Task<void> SessionCache::release_lease(flow::LeaseClaim claim) {
    return origin_.release_lease(std::move(claim));
}

}  // namespace social::store
