#include "flow/credential.hpp"

#include <optional>
#include <utility>

#include "coro/result_task.hpp"
#include "session/freshness.hpp"

namespace social::flow {

namespace {

[[noreturn]] void not_found() {
    throw Failure(Error{Kind::not_found, "Session not found", {}});
}

}  // namespace

Task<oauth::UserToken> user_token(const oauth::Provider& provider, SessionUser user,
                                  const RefreshContext& refresh_context) {
    const Clock& clock = refresh_context.ports.clock;
    const std::optional<session::StoreKey> key = refresh_context.sessions.key_of(user.id);
    if (!key) {
        not_found();
    }
    SharedRecord record = co_await refresh_context.sessions.load(*key, user.site);
    if (record == nullptr || record->provider != provider.name) {
        not_found();
    }
    if (!session::is_fresh(*record, clock.now())) {
        std::optional<session::Record> refreshed =
            co_await ensure_fresh(*key, *record, refresh_context);
        if (!refreshed) {
            not_found();
        }
        record = share(std::move(*refreshed));
    }
    oauth::UserToken token;
    token.token = record->access_token;
    token.secret = record->token_secret;
    co_return token;
}

}  // namespace social::flow
