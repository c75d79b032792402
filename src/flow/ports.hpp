// What flows need of the world, as interfaces. loop/ and store/ implement them;
// unit tests implement them with fakes, so that a flow can be tested to the byte
// without nginx, a network or a clock.
//
// All strings that a port takes are values or outlive the awaited call.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "flow/task.hpp"
#include "session/record.hpp"

namespace social::flow {

class Http {
public:
    // The provider's answer, whatever its status. Throws Failure
    // (provider_unavailable) when there is none: DNS, TLS, time-out, a body
    // over base::kMaxResponseBody. Redirects are not followed.
    virtual Task<base::HttpResponse> send(base::HttpRequest request) = 0;

protected:
    ~Http() = default;
};

// The sessions of one user of one app, for SessionStore.
struct Owner {
    std::uint64_t hash = 0;  // of app and user id; 0: the provider named no user
    // Under which earlier versions indexed the sessions of the user in Redis.
    std::vector<std::uint64_t> former;
};

// What a store keeps of one session. The bytes are sealed: a store cannot read them.
struct StoredSession {
    session::StoreKey key{};
    std::string sealed;
    std::uint64_t owner = 0;       // Owner::hash; replace() leaves it as it was saved
    std::int64_t expires_at = 0;   // Unix seconds
    std::int64_t refresh_at = 0;   // when its tokens want refreshing; 0: never
    std::uint64_t generation = 0;  // of the sealed record
    // Bytes by which refreshes may enlarge it: save() refuses what replace() would have no room
    // for.
    std::size_t may_grow_by = 0;
};

// A session that has ended, and the revocation of its user's grant, which may follow.
struct Departure {
    session::StoreKey key{};
    Owner owner;
    std::uint64_t holder = 0;           // random: whose revocation it is
    std::chrono::milliseconds time{0};  // that the revocation takes at most; 0: there is none
};

// A revocation that SessionStore::leave() began.
struct Revocation {
    std::uint64_t owner = 0;   // Owner::hash
    std::uint64_t holder = 0;  // Departure::holder
};

struct DueSession {
    session::StoreKey key{};
    std::uint64_t generation = 0;
};

struct DueLimits {
    std::size_t limit = 0;
    std::int64_t lease = 0;  // seconds, over 0
};

// A lease is something that one holder has at a time, over all workers (and instances),
// for as long as it keeps claiming it. Who dies loses it after `time`.
class LeaseClaim {
public:
    LeaseClaim(std::string what, std::uint64_t who, std::chrono::milliseconds term)
        : name(std::move(what)), holder(who), time(term) {}

    std::string name;
    std::uint64_t holder;  // random
    std::chrono::milliseconds time;
};

// For SessionStore::save() of what no user granted.
inline constexpr std::chrono::milliseconds kNoTokenCheck{-1};

struct Copy {
    std::optional<std::string> sealed;
    session::Origin origin = session::Origin::memory;
};

// Every member throws Failure (store_unavailable) when the store cannot do it.
class SessionStore {
public:
    // The sealed bytes, or nothing for an unknown or expired key.
    virtual Task<std::optional<std::string>> load(session::StoreKey key) = 0;

    // The same for the gateway's own work, as a background refresh: not a use of the session, where
    // the store evicts what was least recently used.
    virtual Task<std::optional<std::string>> peek(session::StoreKey key) = 0;

    // load() for readers, who may be given a copy that was right a moment ago.
    virtual Task<Copy> load_copy(session::StoreKey key) = 0;

    // Whether load_copy() would give bytes that begin with `sealing` at once, without asking
    // anybody: a session that was opened before is still what is stored then.
    [[nodiscard]] virtual bool has_at_hand(const session::StoreKey& key,
                                           std::string_view sealing) = 0;

    // Creates or overwrites. False, and nothing is stored, when the owner's grant was revoked
    // within the last `token_age`, or is being revoked: the provider may have revoked the new
    // tokens with it. A negative age skips the check.
    virtual Task<bool> save(StoredSession entry, std::chrono::milliseconds token_age) = 0;

    // Overwrites only a session that still exists in generation `expected`;
    // false otherwise. So a refresh never resurrects a deleted session. Not a use, either.
    virtual Task<bool> replace(StoredSession entry, std::uint64_t expected) = 0;

    // The sealed bytes that were removed; nothing when there were none.
    virtual Task<std::optional<std::string>> remove(session::StoreKey key) = 0;

    // Removes only a session that is still in generation `expected`; false otherwise.
    virtual Task<bool> remove_unchanged(session::StoreKey key, std::uint64_t expected) = 0;

    // Takes a session that was removed out of its owner's index. True for exactly one caller,
    // when no session of the owner is left: that caller revokes the grant within
    // `departure.time` and then calls end_revocation(). False without such a time.
    virtual Task<bool> leave(Departure departure) = 0;

    // The revocation that leave() began is over.
    virtual Task<void> end_revocation(Revocation revocation) = 0;

    // Removes all sessions of the owner, whose grant the provider has revoked; which they were.
    virtual Task<std::vector<session::StoreKey>> remove_owner(Owner owner) = 0;

    // Marks a one-time value (a login's id) as used for `ttl` seconds: true for
    // exactly one caller over all workers (and instances), false ever after.
    virtual Task<bool> spend(std::string once, std::int64_t ttl) = 0;

    // At most `limit` sessions whose refresh_at has come, for this caller alone: nobody gets
    // them again for `lease` seconds, unless they are saved with another refresh_at.
    virtual Task<std::vector<DueSession>> take_due(DueLimits limits) = 0;

    // True when `claim.holder` has the lease now: it was free, had run out, or was the
    // holder's already, whose time begins anew.
    virtual Task<bool> claim_lease(LeaseClaim claim) = 0;

    // Frees it, unless somebody else has it.
    virtual Task<void> release_lease(LeaseClaim claim) = 0;

protected:
    ~SessionStore() = default;
};

// One use of something that may be used so often in a window of time.
struct QuotaUse {
    std::string_view counter;  // its name; the same in every worker; outlives the awaited call
    std::uint64_t limit = 0;   // uses in one window
    std::int64_t now = 0;      // Unix seconds
    std::int64_t ends_at = 0;
    // The counters that share an allowance with this one, where memory bounds their number; "":
    // none. It outlives the awaited call.
    std::string_view group;
};

struct Admission {
    bool admitted = false;
    std::uint64_t count = 0;  // admitted in this window, with this one
};

class QuotaCounter {
public:
    // Counts one more use, unless `limit` were counted: over all workers (and
    // instances) never more than that are admitted. A refused one is not counted.
    // Throws Failure (store_unavailable) when nothing is known of the counter.
    virtual Task<Admission> admit(QuotaUse use) = 0;

    // The same without waiting, for the requests that wait for nothing else; nothing, and
    // nothing is counted, where it takes admit() to know.
    virtual std::optional<Admission> admit_now(const QuotaUse& use) = 0;

protected:
    ~QuotaCounter() = default;
};

// At most `limit` attempts in `period` seconds, which begin with the first of them.
class AttemptRate {
public:
    AttemptRate(std::string name, std::uint32_t most, std::int64_t seconds)
        : counter(std::move(name)), limit(most), period(seconds) {}

    std::string counter;  // its name
    std::uint32_t limit;
    std::int64_t period;
};

struct AttemptVerdict {
    bool allowed = false;
    std::int64_t retry_after = 0;  // seconds until attempts are allowed again, if not now
};

// Every member throws Failure (store_unavailable) when the store cannot do it.
class AttemptCounter {
public:
    // Counts one, unless it is one too many. A counter at its limit lasts until its period is over.
    virtual Task<AttemptVerdict> attempt(AttemptRate rate) = 0;

    // One attempt less, as after one that succeeded. A counter at zero takes no memory.
    virtual Task<void> take_back(std::string counter) = 0;

    // None at all, as after a login that succeeded.
    virtual Task<void> forget(std::string counter) = 0;

    // How many were counted in the current period.
    virtual Task<std::uint64_t> count(std::string counter) = 0;

protected:
    ~AttemptCounter() = default;
};

class Clock {
public:
    [[nodiscard]] virtual std::int64_t now() const noexcept = 0;  // Unix seconds

    // Of a clock that is never set: differences alone have a meaning.
    [[nodiscard]] virtual std::chrono::milliseconds monotonic() const noexcept = 0;

protected:
    ~Clock() = default;
};

class Timer {
public:
    virtual Task<void> sleep(std::chrono::milliseconds delay) = 0;

protected:
    ~Timer() = default;
};

// State of a job, for those who wait for its effect.
struct JobStatus {
    bool done = false;
    // The error that it ended with, or that it met in a step which it retries.
    std::optional<Error> error;

    [[nodiscard]] bool store_failed() const noexcept {
        return error && error->kind == Kind::store_unavailable;
    }
};

// Work that must not end with the request that wanted it, as when it uses up a refresh
// token: it goes on when the client leaves.
class Jobs {
public:
    // Runs `job` beside all requests and logs the error that it ends with, if any. `status` is
    // what the job itself may write to. Where a job of that name is running in this process,
    // drops the new one and returns the status of the other. Where too many are running, drops
    // the new one, and the status is done, with an error (store_unavailable).
    virtual std::shared_ptr<const JobStatus> run(std::string name, Task<std::optional<Error>> job,
                                                 std::shared_ptr<JobStatus> status) = 0;
    std::shared_ptr<const JobStatus> run(std::string name, Task<std::optional<Error>> job) {
        return run(std::move(name), std::move(job), std::make_shared<JobStatus>());
    }

protected:
    ~Jobs() = default;
};

class Issuers;

struct Ports {
    Http& http;
    SessionStore& store;
    const Clock& clock;
    Timer& timer;
    Issuers* issuers = nullptr;  // flow/issuers; none where no flow speaks OpenID Connect
};

}  // namespace social::flow
