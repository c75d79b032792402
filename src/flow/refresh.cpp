#include "flow/refresh.hpp"

#include <chrono>
#include <utility>

#include "base/backoff.hpp"
#include "base/random.hpp"
#include "coro/result_task.hpp"
#include "crypto/digest.hpp"
#include "flow/exchange_openid_code.hpp"
#include "flow/lease.hpp"
#include "flow/leased_job.hpp"
#include "flow/revoke.hpp"
#include "oauth/refresh_request.hpp"
#include "oauth/session_body.hpp"
#include "session/freshness.hpp"

namespace social::flow {

namespace {

using Outcome = std::optional<Error>;
using oauth::RefreshFailure;

constexpr std::chrono::milliseconds kReaderTimeout{2000};  // for readers with an unexpired token

// Readers whose token has expired wait for a retry that is due within this time.
constexpr std::int64_t kNearRetry = 3;  // seconds

// A store outage up to this long loses no tokens.
constexpr std::int64_t kStoreOutage = 60;  // seconds
constexpr std::chrono::milliseconds kFirstStorePause{100};
constexpr std::chrono::milliseconds kLongestStorePause{1000};
// The retry delay if the configuration lacks the session's provider: a reload may restore it.
constexpr std::int64_t kLookAgain = 600;  // seconds

// One refresh and its status for readers. `refresh_context` outlives it.
struct Refresh {
    session::StoreKey key;
    const RefreshContext& refresh_context;
    std::shared_ptr<JobStatus> status;

    [[nodiscard]] std::int64_t now() const noexcept { return refresh_context.ports.clock.now(); }
};

// Retries with backoff, because only this process has the new tokens. The status reports the error
// to readers meanwhile.
Task<bool> update_with_retry(const Refresh& refresh, session::Record record) {
    const std::int64_t deadline = refresh.now() + kStoreOutage;
    base::Backoff backoff(kFirstStorePause, kLongestStorePause);
    while (refresh.now() < deadline) {
        const Result<bool> stored =
            co_await as_result(refresh.refresh_context.sessions.update(refresh.key, record));
        if (stored) {
            refresh.status->set_error({});
            co_return *stored;
        }
        refresh.status->set_error(stored.error());
        co_await refresh.refresh_context.ports.timer.sleep(backoff.next());
    }
    co_return co_await refresh.refresh_context.sessions.update(refresh.key, std::move(record));
}

Task<Outcome> keep_tokens(const Refresh& refresh, const oauth::Provider& provider,
                          session::Record record) {
    const bool stored = co_await update_with_retry(refresh, record);
    if (stored) {
        co_return std::nullopt;
    }
    const std::optional<session::Record> present =
        co_await refresh.refresh_context.sessions.load(refresh.key);
    if (present) {
        co_return std::nullopt;  // another worker refreshed it after our lease had expired
    }
    co_return co_await revoke(&provider, refresh.key, std::move(record),
                              refresh.refresh_context.ports);
}

// invalid_grant removes the generation that was loaded, not one that another worker has refreshed.
Task<Outcome> on_refresh_error(const Refresh& refresh, session::Record record,
                               RefreshFailure failure) {
    failure.error.detail += ", provider: " + record.provider;
    if (failure.is_invalid_grant) {
        const bool removed = co_await refresh.refresh_context.sessions.remove_unchanged(
            refresh.key, record.generation);
        if (removed) {
            const oauth::Provider* provider =
                refresh.refresh_context.find_provider(record.provider);
            co_await drop_session(provider, refresh.key, std::move(record),
                                  refresh.refresh_context.sessions, refresh.refresh_context.ports);
        }
        co_return std::move(failure.error);
    }
    const bool rotated = !failure.refresh_token.empty();
    if (rotated) {
        record.refresh_token = std::move(failure.refresh_token);
    }
    ++record.refresh_failures;
    record.refresh_at =
        session::retry_time({.now = refresh.now(),
                             .failures = record.refresh_failures,
                             .retry_after = failure.retry_after,
                             .chance = static_cast<std::uint32_t>(base::random_number())});
    Task<bool> update =
        rotated ? update_with_retry(refresh, std::move(record))
                : refresh.refresh_context.sessions.update(refresh.key, std::move(record));
    static_cast<void>(co_await update);
    co_return std::move(failure.error);
}

Task<Outcome> postpone(const Refresh& refresh, session::Record record, std::int64_t refresh_at) {
    record.refresh_at = refresh_at;
    static_cast<void>(
        co_await refresh.refresh_context.sessions.update(refresh.key, std::move(record)));
    co_return std::nullopt;
}

Task<base::HttpResponse> exchange(const oauth::Provider& provider, const session::Record& record,
                                  Ports& ports) {
    const oauth::Provider discovered = co_await resolved(provider, ports);
    base::HttpRequest request = oauth::refresh_request(discovered, record);
    co_return co_await ports.http.send(std::move(request));
}

Task<Outcome> ask_provider(const Refresh& refresh, const oauth::Provider& provider,
                           session::Record record) {
    const Result<base::HttpResponse> answer =
        co_await as_result(exchange(provider, record, refresh.refresh_context.ports));
    const std::int64_t now = refresh.now();
    if (!answer) {
        RefreshFailure lost;
        lost.error = answer.error();
        co_return co_await on_refresh_error(refresh, std::move(record), std::move(lost));
    }
    auto tokens = oauth::read_refresh_reply(provider, *answer, now);
    if (!tokens) {
        co_return co_await on_refresh_error(refresh, std::move(record), std::move(tokens.error()));
    }
    value(oauth::renew(record, provider, *tokens, now));
    co_return co_await keep_tokens(refresh, provider, std::move(record));
}

Task<Outcome> refresh_alone(Refresh refresh) {
    // Loaded under the lease, because another worker may have changed an earlier copy.
    std::optional<session::Record> record =
        co_await refresh.refresh_context.sessions.load(refresh.key);
    const std::int64_t now = refresh.now();
    if (!record || !session::needs_refresh(*record, now)) {
        co_return std::nullopt;
    }
    const oauth::Provider* provider = refresh.refresh_context.find_provider(record->provider);
    if (provider == nullptr) {
        co_return co_await postpone(refresh, std::move(*record), now + kLookAgain);
    }
    if (!oauth::can_refresh(*provider, *record, now)) {
        co_return co_await postpone(refresh, std::move(*record), 0);
    }
    // The exchange may consume the refresh token. So the body is checked first.
    const Result<void> readable = oauth::check_session_body(record->body);
    if (!readable) {
        static_cast<void>(co_await postpone(refresh, std::move(*record), 0));
        co_return readable.error();
    }
    co_return co_await ask_provider(refresh, *provider, std::move(*record));
}

bool cannot_refresh(const session::Record& record, const RefreshContext& refresh_context) {
    return record.refresh_at == 0 || refresh_context.find_provider(record.provider) == nullptr;
}

// Returns the reader's copy while the store fails. Throws Failure (`error`) if its token has
// expired.
session::Record good_or_failure(session::Record record, const Error& error, const Clock& clock) {
    if (!session::has_valid_token(record, clock.now())) {
        throw Failure(error);
    }
    return record;
}

}  // namespace

std::string refresh_name(const session::StoreKey& key) {
    return "refresh " + std::string(crypto::as_text(key));
}

Task<Outcome> refresh(session::StoreKey key, const RefreshContext& refresh_context,
                      std::shared_ptr<JobStatus> status) {
    Task<Outcome> work = refresh_alone(Refresh(key, refresh_context, std::move(status)));
    co_return co_await under_lease(refresh_name(key), std::move(work), refresh_context.ports);
}

std::shared_ptr<const JobStatus> start_refresh(const session::StoreKey& key,
                                               const RefreshContext& refresh_context) {
    auto status = std::make_shared<JobStatus>();
    return refresh_context.jobs.run(refresh_name(key), refresh(key, refresh_context, status),
                                    status);
}

Task<std::optional<session::Record>> ensure_fresh(session::StoreKey key, session::Record record,
                                                  const RefreshContext& refresh_context) {
    const Clock& clock = refresh_context.ports.clock;
    const std::int64_t started_at = clock.now();
    if (record.cache_status == session::CacheStatus::stale &&
        session::has_valid_token(record, started_at)) {
        co_return std::move(record);  // no refresh while the store is down
    }
    std::optional<session::Record> current = std::move(record);
    const std::chrono::milliseconds deadline = clock.monotonic() + kReaderTimeout;
    LeasedJob job(refresh_context.ports);
    while (current) {
        const bool good = session::has_valid_token(*current, clock.now());
        const bool wanted = session::needs_refresh(*current, clock.now());
        if ((good && (!wanted || clock.monotonic() >= deadline)) ||
            cannot_refresh(*current, refresh_context)) {
            break;
        }
        if (!wanted && current->refresh_at > started_at + kNearRetry) {
            throw Failure(
                Error{Kind::provider_unavailable, "the provider did not renew the token", {}});
        }
        if (wanted && job.store_error() != nullptr) {
            current = good_or_failure(std::move(*current), *job.store_error(), clock);
            break;
        }
        if (wanted) {
            job.ensure([&] { return start_refresh(key, refresh_context); });
        }
        LeasedJob::Limit limit;
        if (good) {
            limit = deadline - clock.monotonic();
        }
        co_await job.progress(limit);
        Result<std::optional<session::Record>> present =
            co_await as_result(refresh_context.sessions.load(key));
        if (!present) {
            current = good_or_failure(std::move(*current), present.error(), clock);
            break;
        }
        current = std::move(*present);
    }
    co_return current;
}

}  // namespace social::flow
