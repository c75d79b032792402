#include "flow/refresh.hpp"

#include <algorithm>
#include <utility>

#include "crypto/digest.hpp"
#include "flow/attempt.hpp"
#include "flow/failure.hpp"
#include "flow/lease.hpp"
#include "flow/openid_grant.hpp"
#include "flow/revoke.hpp"
#include "oauth/refresh_request.hpp"
#include "session/freshness.hpp"

namespace social::flow {

namespace {

using Outcome = std::optional<Error>;
using oauth::RenewalFailure;

constexpr std::chrono::milliseconds kPatience{2000};  // of readers who have a good token
// Readers whose token has ended wait for another try that is at most so far away.
constexpr std::int64_t kNearRetry = 3;  // seconds
constexpr int kStoreAttempts = 8;
constexpr std::chrono::milliseconds kFirstStorePause{100};
// Of a session whose provider is gone from the configuration: it may come back.
constexpr std::int64_t kLookAgain = 600;  // seconds

// A store that fails for a moment must not cost the tokens that only we have.
Task<bool> update_surely(session::StoreKey key, session::Record record, const Renewals& renewals) {
    std::chrono::milliseconds pause = kFirstStorePause;
    for (int attempts = 1; attempts < kStoreAttempts; ++attempts) {
        const Result<bool> stored = co_await attempt(renewals.sessions.update(key, record));
        if (stored) {
            co_return *stored;
        }
        co_await renewals.ports.timer.sleep(pause);
        pause *= 2;
    }
    co_return co_await renewals.sessions.update(key, std::move(record));
}

// Whether the session is still the one that was loaded.
Task<bool> unchanged(session::StoreKey key, std::uint64_t generation, const Renewals& renewals) {
    const std::optional<session::Record> now = co_await renewals.sessions.load(key);
    co_return now && now->generation == generation;
}

Task<Outcome> keep_tokens(const oauth::Provider& provider, session::StoreKey key,
                          session::Record record, const Renewals& renewals) {
    const bool stored = co_await update_surely(key, record, renewals);
    if (stored) {
        co_return std::nullopt;
    }
    const std::optional<session::Record> present = co_await renewals.sessions.load(key);
    if (present) {
        co_return std::nullopt;  // renewed by somebody who took us for dead
    }
    co_return co_await revoke(&provider, key, std::move(record), renewals.ports);
}

Task<Outcome> fall_back(session::StoreKey key, session::Record record, RenewalFailure failure,
                        const Renewals& renewals) {
    failure.error.detail += ", provider: " + record.provider;
    if (failure.grant_is_dead) {
        const bool ours = co_await unchanged(key, record.generation, renewals);
        if (ours) {
            const oauth::Provider* provider = renewals.find_provider(record.provider);
            co_await drop_session(provider, key, std::move(record), renewals.sessions,
                                  renewals.ports);
        }
        co_return std::move(failure.error);
    }
    ++record.refresh_failures;
    record.refresh_at =
        session::retry_time({.now = renewals.ports.clock.now(),
                             .failures = record.refresh_failures,
                             .retry_after = failure.retry_after,
                             .chance = static_cast<std::uint32_t>(random_number())});
    static_cast<void>(co_await renewals.sessions.update(key, std::move(record)));
    co_return std::move(failure.error);
}

Task<Outcome> put_off(session::StoreKey key, session::Record record, std::int64_t refresh_at,
                      const Renewals& renewals) {
    record.refresh_at = refresh_at;
    static_cast<void>(co_await renewals.sessions.update(key, std::move(record)));
    co_return std::nullopt;
}

Task<base::HttpResponse> exchange(const oauth::Provider& provider, const session::Record& record,
                                  Ports& ports) {
    const oauth::Provider known = co_await resolved(provider, ports);
    base::HttpRequest request = oauth::renewal_request(known, record);
    co_return co_await ports.http.send(std::move(request));
}

Task<Outcome> ask_provider(const oauth::Provider& provider, session::StoreKey key,
                           session::Record record, const Renewals& renewals) {
    const Result<base::HttpResponse> answer =
        co_await attempt(exchange(provider, record, renewals.ports));
    const std::int64_t now = renewals.ports.clock.now();
    if (!answer) {
        RenewalFailure lost;
        lost.error = answer.error();
        co_return co_await fall_back(key, std::move(record), std::move(lost), renewals);
    }
    auto tokens = oauth::read_renewal(provider, *answer, now);
    if (!tokens) {
        co_return co_await fall_back(key, std::move(record), std::move(tokens.error()), renewals);
    }
    value(oauth::renew(record, provider, *tokens, now));
    co_return co_await keep_tokens(provider, key, std::move(record), renewals);
}

Task<Outcome> refresh_alone(session::StoreKey key, const Renewals& renewals) {
    // Loaded under the lease: what was known before may be what somebody else has just changed.
    std::optional<session::Record> record = co_await renewals.sessions.load(key);
    const std::int64_t now = renewals.ports.clock.now();
    if (!record || !session::wants_renewal(*record, now)) {
        co_return std::nullopt;
    }
    const oauth::Provider* provider = renewals.find_provider(record->provider);
    if (provider == nullptr) {
        co_return co_await put_off(key, std::move(*record), now + kLookAgain, renewals);
    }
    if (!oauth::can_renew(*provider, *record, now)) {
        co_return co_await put_off(key, std::move(*record), 0, renewals);
    }
    co_return co_await ask_provider(*provider, key, std::move(*record), renewals);
}

}  // namespace

std::string refresh_name(const session::StoreKey& key) {
    return "refresh " + std::string(crypto::as_text(key));
}

Task<Outcome> refresh(session::StoreKey key, const Renewals& renewals) {
    co_return co_await under_lease(refresh_name(key), refresh_alone(key, renewals), renewals.ports);
}

Task<std::optional<session::Record>> fresh(session::StoreKey key, session::Record record,
                                           const Renewals& renewals) {
    std::optional<session::Record> known = std::move(record);
    const std::int64_t begun = renewals.ports.clock.now();
    std::chrono::milliseconds waited{0};
    Pauses pauses;
    while (known) {
        const std::int64_t now = renewals.ports.clock.now();
        const bool good = session::has_good_token(*known, now);
        const bool wanted = session::wants_renewal(*known, now);
        if (good && (!wanted || waited >= kPatience)) {
            break;
        }
        if (known->refresh_at == 0 || renewals.find_provider(known->provider) == nullptr) {
            break;  // ended, and there is no way to renew it
        }
        if (!wanted && known->refresh_at > begun + kNearRetry) {
            throw Failure(
                Error{Kind::provider_unavailable, "the provider did not renew the token", {}});
        }
        if (wanted) {
            renewals.jobs.run(refresh_name(key), refresh(key, renewals));
        }
        const std::chrono::milliseconds pause = pauses.next();
        co_await renewals.ports.timer.sleep(pause);
        waited += pause;
        known = co_await renewals.sessions.load(key);
    }
    co_return known;
}

}  // namespace social::flow
