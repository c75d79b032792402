#include "flow/app_token.hpp"

#include <string>
#include <utility>

#include "base/random.hpp"
#include "coro/result_task.hpp"
#include "crypto/digest.hpp"
#include "flow/lease.hpp"
#include "flow/leased_job.hpp"
#include "oauth/app_token.hpp"
#include "oauth/retry_after.hpp"
#include "session/freshness.hpp"

namespace social::flow {

namespace {

using Outcome = std::optional<Error>;
using oauth::AppToken;

constexpr std::int64_t kKept = 30 * 24 * 60 * 60;  // seconds in the store
constexpr std::int64_t kTrustPeriod = 60;          // seconds

Task<AppToken> load(session::StoreKey key, AppTokens tokens) {
    const std::optional<std::string> stored = co_await tokens.ports.store.load(key);
    std::optional<AppToken> opened;
    if (stored) {
        opened = oauth::open_app_token(*stored, key, tokens.keyring);
    }
    co_return opened.value_or(AppToken());
}

Task<void> save(session::StoreKey key, AppToken token, AppTokens tokens) {
    StoredSession entry;
    entry.key = key;
    entry.sealed = oauth::seal_app_token(token, key, tokens.keyring);
    entry.expires_at = tokens.ports.clock.now() + kKept;
    static_cast<void>(co_await tokens.ports.store.save(std::move(entry), kNoTokenCheck));
}

std::string name_of(const session::StoreKey& key) {
    return "app token " + std::string(crypto::as_text(key));
}

struct Fetched {
    Result<AppToken> token{};
    std::int64_t retry_after = 0;
};

Task<Fetched> ask_provider(const oauth::Provider& provider, AppTokens tokens) {
    base::HttpRequest request = oauth::app_token_request(provider);
    const Result<base::HttpResponse> answer =
        co_await as_result(tokens.ports.http.send(std::move(request)));
    const std::int64_t now = tokens.ports.clock.now();
    Fetched fetched;
    if (answer) {
        fetched.token = oauth::read_app_token(provider, *answer, now);
        fetched.retry_after = oauth::retry_after(*answer, now);
    } else {
        fetched.token = std::unexpected(answer.error());
    }
    co_return fetched;
}

Task<Outcome> fetch(const oauth::Provider& provider, session::StoreKey key, AppTokens tokens) {
    AppToken current = co_await load(key, tokens);
    const std::int64_t started_at = tokens.ports.clock.now();
    if (current.refresh_at > started_at || current.retry_at > started_at) {
        co_return std::nullopt;
    }
    Fetched fetched = co_await ask_provider(provider, tokens);
    const std::int64_t now = tokens.ports.clock.now();
    if (!fetched.token) {
        current.retry_at =
            session::retry_time({.now = now,
                                 .failures = ++current.failures,
                                 .retry_after = fetched.retry_after,
                                 .chance = static_cast<std::uint32_t>(base::random_number())});
        co_await save(key, std::move(current), tokens);
        fetched.token.error().detail += ", provider: " + provider.name;
        co_return std::move(fetched.token.error());
    }
    const bool same = fetched.token->token.equals(current.token.reveal());
    fetched.token->trusted_until = same ? now + kTrustPeriod : 0;
    co_await save(key, std::move(*fetched.token), tokens);
    co_return std::nullopt;
}

Task<Outcome> drop(session::StoreKey key, base::Secret refused, AppTokens tokens) {
    AppToken current = co_await load(key, tokens);
    const std::int64_t now = tokens.ports.clock.now();
    if (current.refresh_at > now && current.trusted_until <= now &&
        refused.equals(current.token.reveal())) {
        current.refresh_at = 0;
        current.ends_at = 0;
        co_await save(key, std::move(current), tokens);
    }
    co_return std::nullopt;
}

}  // namespace

Task<base::Secret> app_token(const oauth::Provider& provider, AppTokens tokens) {
    const session::StoreKey key = oauth::app_token_key(provider);
    LeasedJob job(tokens.ports);
    while (true) {
        AppToken current = co_await load(key, tokens);
        const std::int64_t now = tokens.ports.clock.now();
        const bool failing = current.retry_at > now;
        if (current.refresh_at > now || (failing && current.ends_at > now)) {
            co_return std::move(current.token);
        }
        if (failing) {
            throw Failure(Error{
                Kind::provider_unavailable, "the provider gave no token to the application", {}});
        }
        if (const Error* error = job.store_error()) {
            if (current.ends_at > now) {
                co_return std::move(current.token);
            }
            throw Failure(*error);
        }
        job.ensure([&] {
            return tokens.jobs.run(
                name_of(key),
                under_lease(name_of(key), fetch(provider, key, tokens), tokens.ports));
        });
        co_await job.progress();
    }
}

Task<Outcome> drop_app_token(const oauth::Provider& provider, base::Secret refused,
                             AppTokens tokens) {
    // The lease of fetches, so that it cannot overwrite a token that is being fetched.
    const session::StoreKey key = oauth::app_token_key(provider);
    co_return co_await under_lease(name_of(key), drop(key, std::move(refused), tokens),
                                   tokens.ports);
}

}  // namespace social::flow
