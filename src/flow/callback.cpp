#include "flow/callback.hpp"

#include <algorithm>
#include <utility>

#include "coro/result_task.hpp"
#include "flow/exchange_code.hpp"
#include "flow/exchange_openid_code.hpp"
#include "flow/exchange_verifier.hpp"
#include "flow/owner.hpp"
#include "oauth/graph.hpp"
#include "oauth/oauth1_login.hpp"
#include "oauth/refresh_request.hpp"
#include "site/redirect_url.hpp"

namespace social::flow {

namespace {

// The largest difference between the clocks of instances that share a store.
constexpr std::int64_t kClockSkew = 60;  // seconds

// Returns the seconds for which the store must keep a consumed id. After them the login has expired
// by the clock of every instance.
std::int64_t remaining_life(const session::Login& login, std::int64_t now) noexcept {
    const std::int64_t left = login.started_at + session::kLoginLifetime - now;
    return std::clamp<std::int64_t>(left, 0, session::kLoginLifetime) + kClockSkew;
}

// Consumes the id of the login, directly before the request to the token endpoint. Consumed ids
// occupy memory that all logins share. So each must cost its sender a login at the provider, which
// ended with a code.
Task<void> consume(const session::Login& login, Ports& ports) {
    const std::int64_t ttl = remaining_life(login, ports.clock.now());
    const bool first = co_await ports.one_time_values.consume(std::string(login.id), ttl);
    if (!first) {
        throw Failure(Error{Kind::bad_callback, "This login was finished before", {}});
    }
}

Task<TokenSet> redeem(const oauth::Provider& provider, const session::Login& login,
                      const oauth::CallbackReply& reply, Ports& ports) {
    if (provider.type->protocol == oauth::Protocol::oauth1) {
        base::Secret verifier = value(oauth::granted_verifier(reply, login));
        co_await consume(login, ports);
        co_return co_await exchange_verifier(provider, login, std::move(verifier), ports);
    }
    if (provider.type->protocol == oauth::Protocol::oidc) {
        base::Secret code = co_await openid_code(provider, reply, ports);
        co_await consume(login, ports);
        co_return co_await exchange_openid_code(provider, login, std::move(code), ports);
    }
    value(oauth::check_issuer(reply, {.expected = provider.issuer, .always_sent = false}));
    base::Secret code = value(oauth::granted_code(reply));
    co_await consume(login, ports);
    co_return co_await exchange_code(provider, login, std::move(code), ports);
}

// The poll interval of a login while the user's grant is being revoked.
constexpr std::chrono::milliseconds kCheckInterval{500};

// Implements Joining::check: reads the profile with the token. Without a profile endpoint, and in
// OAuth 1.0a, it cannot check the token.
Task<std::chrono::milliseconds> check_token(const oauth::Provider& provider, base::Secret token,
                                            Ports& ports) {
    co_await ports.timer.sleep(kCheckInterval);
    const std::chrono::milliseconds asked_at = ports.clock.monotonic();
    const oauth::Provider discovered = co_await resolved(provider, ports);
    if (discovered.profile_url.empty() || discovered.type->protocol == oauth::Protocol::oauth1) {
        throw Failure(grant_revoked());
    }
    static_cast<void>(co_await read_profile(discovered, std::move(token), ports));
    co_return asked_at;
}

}  // namespace

Task<std::string> finish_login(const oauth::Provider& provider, session::Login login,
                               oauth::CallbackReply reply, Sessions& sessions, Ports& ports) {
    const site::RedirectUrl url = value(site::parse_redirect_url(login.return_to));
    const std::chrono::milliseconds asked_at = ports.clock.monotonic();
    TokenSet token_set = co_await redeem(provider, login, reply, ports);

    session::Record record;
    record.site = std::move(login.site);
    record.provider = provider.name;
    record.user_id = oauth::user_id_of(token_set.parts.profile);
    record.body = value(oauth::session_body(provider.type->shape, token_set.parts));
    record.access_token = std::move(token_set.parts.token);
    record.token_secret = std::move(token_set.token_secret);
    record.refresh_token = std::move(token_set.refresh_token);
    record.token_issued_at = ports.clock.now();
    record.token_expires_at = token_set.parts.expires_at;
    record.refresh_at = oauth::refresh_time(provider, record);
    Joining joining;
    joining.owner = owner_of(provider, record.user_id).hash;
    joining.good_at = asked_at;
    joining.check = [&provider, &ports, token = record.access_token] {
        return check_token(provider, token, ports);
    };
    const session::SessionId id = co_await sessions.open(std::move(record), std::move(joining));

    co_return site::with_session_id(url, id.text, provider.type->return_fragment);
}

}  // namespace social::flow
