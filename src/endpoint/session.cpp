// GET, HEAD, DELETE /api/[{provider}/]session/{id}: one session, for clients with a bearer token of
// its site.
//
// 1. No token, or an invalid one: 401.
// 2. The quota's window is closed, or its limit reached: 401 or 429. If the counter is not in
//    memory, the session is loaded concurrently.
// 3. No key of the keyring opens the id: 404, without a store call.
// 4. No such session, of another provider, of another site, expired: 404, the same bytes.
// 5. The store is unavailable: 503.
// 6. GET: 200 with the session's JSON; a token near its end is refreshed first. If the provider
//    ends the session: 404. If the refresh fails and the token is no longer valid: 502.
// 7. DELETE: removed from the store, revoked at the provider, 204. In this order, so that a
//    provider that hangs does not keep the session alive. One job does both: it continues if the
//    client leaves.
#include "flow/revoke.hpp"

#include <utility>

#include "access/bearer.hpp"
#include "access/quota.hpp"
#include "coro/when_all.hpp"
#include "endpoint/endpoints.hpp"
#include "flow/refresh.hpp"
#include "loop/error_log.hpp"
#include "loop/outlive.hpp"
#include "request/error_response.hpp"
#include "session/freshness.hpp"

namespace social::ngx {

namespace {

constexpr std::string_view kSegment = "/session/";

Answer not_found(RequestContext& context) {
    return context.error_answer(Error{Kind::not_found, "Session not found", {}});
}

// The path after ".../session/"; empty for any other path. With a slash in it, as in
// "/api/session/x/session/{id}", it is no id: a session has two paths only.
std::string_view id_in(std::string_view path) noexcept {
    const std::size_t at = path.find(kSegment);
    return at == std::string_view::npos ? "" : path.substr(at + kSegment.size());
}

// Keeps "quota_unchecked" in $social_result for requests whose quota was not checked.
std::string_view result_of(ngx_http_request_t* r, std::string_view word) {
    return request_state(r).quota == QuotaState::unchecked ? view(request_state(r).result) : word;
}

// The value of $social_store.
ngx_str_t word_of(session::CacheStatus cache_status) noexcept {
    switch (cache_status) {
        case session::CacheStatus::hit:
            return "hit"_ns;
        case session::CacheStatus::miss:
            return "miss"_ns;
        case session::CacheStatus::stale:
            return "stale"_ns;
    }
    return {};
}

using Key = std::optional<session::StoreKey>;

Answer shown(RequestContext& context, const flow::SharedRecord& record) {
    context.set_result(result_of(context.request(), "session"));
    return Answer(200, kJson, SharedText(record, &record->body));
}

// GET of a session with a token to refresh first.
flow::Task<Answer> renew(RequestContext& context, session::StoreKey key,
                         flow::SharedRecord record) {
    context.presentation().provider = record->provider;
    std::optional<session::Record> renewed =
        co_await flow::ensure_fresh(key, *record, context.worker().refresh_context());
    if (!renewed) {
        co_return not_found(context);
    }
    co_return shown(context, flow::share(std::move(*renewed)));
}

// The job of a DELETE. Returns true if the session existed.
flow::Task<bool> end(Worker& worker, const oauth::Provider* provider, session::StoreKey key,
                     session::Record known) {
    const std::string name = known.provider;
    const flow::EndedSession ended = co_await flow::end_session(provider, key, std::move(known),
                                                                worker.sessions(), worker.ports());
    if (ended.revocation) {
        loop::log_error(ngx_cycle->log, *ended.revocation, name);
    }
    co_return ended.existed;
}

// DELETE of an existing session.
flow::Task<Answer> forget(RequestContext& context, session::StoreKey key,
                          flow::SharedRecord record) {
    Worker& worker = context.worker();
    const oauth::Provider* provider = context.settings().find_provider(record->provider);
    flow::Task<bool> ending = end(worker, provider, key, *record);
    const bool existed = co_await loop::outlive(worker.background(), std::move(ending));
    if (!existed) {
        co_return not_found(context);
    }
    context.set_result(result_of(context.request(), "deleted"));
    co_return Answer(NGX_HTTP_NO_CONTENT);
}

// Steps 3 to 7, for an admitted request. `record` is the loaded session, or nullptr.
HandlerResult answer(RequestContext& context, const Key& key, flow::SharedRecord record) {
    const oauth::Provider* provider = context.provider();
    RequestState& known = request_state(context.request());
    known.store = record != nullptr ? word_of(record->cache_status) : "miss"_ns;
    if (!key || record == nullptr || (provider != nullptr && record->provider != provider->name)) {
        return not_found(context);
    }
    if (context.request()->method == NGX_HTTP_DELETE) {
        return forget(context, *key, std::move(record));
    }
    if (!session::is_fresh(*record, context.now())) {
        return renew(context, *key, std::move(record));
    }
    return shown(context, record);
}

// As answer(), for a flow that has already suspended.
flow::Task<Answer> answer_later(RequestContext& context, Key key, flow::SharedRecord record) {
    HandlerResult begun = answer(context, key, std::move(record));
    if (auto* task = std::get_if<flow::Task<Answer>>(&begun)) {
        Answer outcome = co_await *task;
        co_return outcome;
    }
    co_return std::get<Answer>(std::move(begun));
}

flow::Task<flow::SharedRecord> load(Worker& worker, Key key, const site::Site& site) {
    flow::SharedRecord record;
    if (key) {
        record = co_await worker.sessions().load(*key, site.id);
    }
    co_return record;
}

// Step 2 if the counter needs a suspension: loads the session concurrently.
flow::Task<Answer> ask_counter_and_store(RequestContext& context, Key key, const site::Site& site) {
    auto [refusal, record] = co_await flow::when_all(quota_refusal(context.request(), site),
                                                     load(context.worker(), key, site));
    if (refusal != nullptr) {
        co_return *refusal;
    }
    Answer outcome = co_await answer_later(context, key, std::move(record));
    co_return outcome;
}

flow::Task<Answer> ask_store(RequestContext& context, Key key, const site::Site& site) {
    flow::SharedRecord record = co_await load(context.worker(), key, site);
    Answer outcome = co_await answer_later(context, key, std::move(record));
    co_return outcome;
}

}  // namespace

// An exception would cost more than the rest of the response. Unauthenticated clients can trigger
// these errors at any rate, so this function returns them. Neither they nor a cached session need a
// coroutine.
HandlerResult session(RequestContext& context) {
    const Result<Caller> caller = check_bearer(context.request());
    if (!caller) {
        return context.error_answer(caller.error());
    }
    const site::Site& site = *caller->site;
    const flow::Sessions& sessions = context.worker().sessions();
    const Key key = sessions.key_of(id_in(context.path()));
    const std::optional<const Answer*> refusal = quota_refusal_now(context.request(), site);
    if (!refusal) {
        return ask_counter_and_store(context, key, site);
    }
    if (*refusal != nullptr) {
        return **refusal;
    }
    if (!key) {
        return answer(context, key, nullptr);
    }
    if (flow::SharedRecord record = sessions.get_cached(*key, site.id)) {
        return answer(context, key, std::move(record));
    }
    return ask_store(context, key, site);
}

}  // namespace social::ngx
