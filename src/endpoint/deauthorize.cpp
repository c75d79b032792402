// Meta's callbacks about a user, signed with the client secret.
//
// POST /{provider}/deauthorize: the user revoked the permission.
//
// POST /{provider}/data-deletion: the user requests the deletion of the data.
//
// GET /{provider}/data-deletion/status?code=…: the status of such a deletion.
//
// 1. The provider is not configured, or its type has no such callbacks: 404.
// 2. The body is no form with a valid signed_request: 400.
// 3. The sessions of that user cannot be removed: 503, and Meta retries.
// 4. Otherwise 200, and the sessions are removed: those of every site and of every provider block
//    with the same app. The response to a deletion has a code and the URL of its status. The
//    removal is a job: it continues if Meta closes the connection.
#include <array>
#include <ctime>

#include "base/form.hpp"
#include "base/json.hpp"
#include "coro/result_task.hpp"
#include "endpoint/endpoints.hpp"
#include "flow/owner.hpp"
#include "loop/outlive.hpp"
#include "oauth/signed_request.hpp"
#include "request/request_body.hpp"
#include "session/deletion_code.hpp"

namespace social::ngx {

namespace {

const oauth::Provider& calling_provider(RequestContext& context) {
    const oauth::Provider& provider = context.required_provider();
    if (!provider.type->signed_requests) {
        throw flow::Failure(
            Error{Kind::not_found, "Not found", "the provider makes no such calls"});
    }
    return provider;
}

flow::Task<void> forget_user(RequestContext& context, const oauth::Provider& provider) {
    const base::Form form = flow::value(base::Form::parse(RequestBody::of(context.request())));
    const std::string user = flow::value(
        oauth::read_signed_request(form.find("signed_request").value, provider.client_secret));
    Worker& worker = context.worker();
    flow::Owner owner = flow::owner_of(provider, user);
    auto removal = worker.ports().store.remove_owner(std::move(owner));
    static_cast<void>(co_await loop::outlive(worker.background(), std::move(removal)));
}

// RFC 3339, in UTC. `seconds` is Unix time.
std::string utc_text(std::int64_t seconds) {
    const std::time_t when = seconds;
    std::tm parts{};
    std::array<char, 32> text{};
    gmtime_r(&when, &parts);
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), size};
}

}  // namespace

flow::Task<Answer> deauthorize(RequestContext& context) {
    const oauth::Provider& provider = calling_provider(context);
    co_await forget_user(context, provider);
    context.set_result("deauthorized");
    co_return Answer(200, kJson, "{}");
}

flow::Task<Answer> data_deletion(RequestContext& context) {
    const oauth::Provider& provider = calling_provider(context);
    co_await forget_user(context, provider);
    const std::string code = session::make_deletion_code(
        {.provider = provider.name, .at = context.now()}, context.worker().keyring());
    base::Json answer = base::Json::object();
    answer.set("url",
               context.public_url() + '/' + provider.name + "/data-deletion/status?code=" + code);
    answer.set("confirmation_code", code);
    context.set_result("data_deleted");
    co_return Answer(200, kJson, answer.dump());
}

flow::Task<Answer> deletion_status(RequestContext& context) {
    const oauth::Provider& provider = calling_provider(context);
    const base::Form form = flow::value(base::Form::parse(context.query()));
    const std::optional<std::int64_t> at = session::open_deletion_code(
        form.find("code").value, provider.name, context.worker().keyring());
    if (!at) {
        throw flow::Failure(Error{Kind::not_found, "Deletion request not found", {}});
    }
    base::Json answer = base::Json::object();
    answer.set("status", "completed");
    answer.set("completed_at", utc_text(*at));
    context.set_result("deletion_status");
    co_return Answer(200, kJson, answer.dump());
}

}  // namespace social::ngx
