#include "flow/revoke.hpp"

#include <chrono>
#include <utility>

#include "base/random.hpp"
#include "coro/result_task.hpp"
#include "flow/exchange_openid_code.hpp"
#include "flow/lease.hpp"
#include "flow/owner.hpp"
#include "oauth/revocation.hpp"

namespace social::flow {

namespace {

using Outcome = std::optional<Error>;

// The requests of a revocation: discovery and two tokens, each limited by the provider's time-out.
constexpr int kCalls = 3;
constexpr std::chrono::milliseconds kSlack{5000};

Departure departure_of(const oauth::Provider& provider, const session::StoreKey& key,
                       const session::Record& record) {
    Departure departure;
    departure.key = key;
    departure.owner = owner_of(provider, record.user_id);
    return departure;
}

Task<Outcome> revoke_tokens(const oauth::Provider& provider, const session::Record& record,
                            Ports& ports) {
    Outcome failed;
    const Result<oauth::Provider> discovered = co_await as_result(resolved(provider, ports));
    if (!discovered) {
        co_return discovered.error();
    }
    auto requests = oauth::revocation_requests(*discovered, record, ports.clock.now());
    for (base::HttpRequest& request : requests) {
        const Result<base::HttpResponse> answer =
            co_await as_result(ports.http.send(std::move(request)));
        const Result<void> done =
            answer ? oauth::read_revocation(*answer) : std::unexpected(answer.error());
        if (!done) {
            failed = done.error();
        }
    }
    co_return failed;
}

// Ignores errors: an index entry without a session is harmless until it expires.
Task<void> leave(Departure departure, Ports& ports) {
    static_cast<void>(co_await as_result(ports.store.leave(std::move(departure))));
}

Task<bool> end_revocation(Revocation revocation, Ports& ports) {
    co_await ports.store.end_revocation(revocation);
    co_return true;
}

Task<Outcome> revoke_grant(const oauth::Provider& provider, Departure departure,
                           const session::Record& record, Ports& ports) {
    Revocation revocation;
    revocation.owner = departure.owner.hash;
    revocation.holder = base::random_number();
    departure.holder = revocation.holder;
    departure.time = kCalls * provider.timeout + kSlack;
    const Result<bool> last = co_await as_result(ports.store.leave(std::move(departure)));
    if (!last) {
        co_return last.error();  // another session may use the grant: keep it
    }
    if (!*last) {
        co_return std::nullopt;
    }
    Outcome failed = co_await revoke_tokens(provider, record, ports);
    // If this fails, the store ends the revocation after departure.time.
    static_cast<void>(co_await as_result(end_revocation(revocation, ports)));
    co_return failed;
}

}  // namespace

Task<Outcome> revoke(const oauth::Provider* provider, session::StoreKey key, session::Record record,
                     Ports& ports) {
    if (provider == nullptr) {
        co_return std::nullopt;
    }
    Departure departure = departure_of(*provider, key, record);
    if (provider->revocation_scope == oauth::RevocationScope::grant) {
        co_return co_await revoke_grant(*provider, std::move(departure), record, ports);
    }
    co_await leave(std::move(departure), ports);
    co_return co_await revoke_tokens(*provider, record, ports);
}

Task<EndedSession> end_session(const oauth::Provider* provider, session::StoreKey key,
                               session::Record loaded, Sessions& sessions, Ports& ports) {
    EndedSession ended;
    std::optional<session::Record> removed = co_await sessions.remove(key, std::move(loaded));
    if (removed) {
        ended.existed = true;
        ended.revocation = co_await revoke(provider, key, std::move(*removed), ports);
    }
    co_return ended;
}

Task<void> drop_session(const oauth::Provider* provider, session::StoreKey key,
                        session::Record loaded, Sessions& sessions, Ports& ports) {
    Departure departure;
    if (provider != nullptr) {
        departure = departure_of(*provider, key, loaded);
    }
    static_cast<void>(co_await sessions.remove(key, std::move(loaded)));
    co_await leave(std::move(departure), ports);
}

}  // namespace social::flow
