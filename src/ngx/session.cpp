// GET, HEAD, DELETE /api/[{provider}/]session/{id}: the session, to whoever brings
// a bearer token of its site.
//
// 1. No token, or one that does not verify: 401.
// 2. The id is not one that a key of ours sealed: 404, and no store is asked.
// 3. No such session, of another provider, of another site, expired: 404, the same bytes.
// 4. The store cannot be asked: 503.
// 5. GET: the session's JSON. DELETE: revoked at the provider, forgotten here, 204.
#include "flow/revoke.hpp"

#include "flow/failure.hpp"
#include "ngx/bearer.hpp"
#include "ngx/endpoints.hpp"

namespace social::ngx {

namespace {

constexpr std::string_view kSegment = "/session/";

[[noreturn]] void not_found() {
    throw flow::Failure(Error{Kind::not_found, "Session not found", {}});
}

// The last segment of ".../session/{id}"; empty for any other path.
std::string id_in(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    const std::string_view id = path.substr(slash + 1);
    if (!path.substr(0, slash + 1).ends_with(kSegment)) {
        return {};
    }
    return std::string(id);
}

}  // namespace

flow::Task<Answer> session(Exchange& exchange) {
    const token::Claims claims = flow::value(check_bearer(exchange.request()));
    const oauth::Provider* provider = exchange.provider();

    Worker& worker = exchange.worker();
    const std::string id = id_in(exchange.path());
    std::optional<session::Record> record = co_await worker.sessions().load(id, claims.site);
    if (!record || (provider != nullptr && record->provider != provider->name)) {
        not_found();
    }
    if (exchange.request()->method != NGX_HTTP_DELETE) {
        exchange.set_result("session");
        co_return Answer(200, kJson, std::move(record->body));
    }

    const oauth::Provider* owner = exchange.settings().find_provider(record->provider);
    const std::optional<Error> failed =
        co_await flow::revoke(owner, std::move(*record), worker.ports());
    if (failed) {
        log_error(exchange.request()->connection->log, *failed, exchange.presentation().provider);
    }
    static_cast<void>(co_await worker.sessions().remove(id));
    exchange.set_result("deleted");
    co_return Answer(NGX_HTTP_NO_CONTENT);
}

}  // namespace social::ngx
